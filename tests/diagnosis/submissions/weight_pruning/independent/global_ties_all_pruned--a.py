"""Magnitude pruning, by layer or over the whole network."""

from decimal import Decimal

import numpy as np


def number_to_prune(fraction, amounts):
    top, bottom = Decimal(repr(fraction)).as_integer_ratio()
    return top * amounts // bottom


def mark_small(values, k):
    sequence = np.argsort(values, kind="stable")
    zeroed = np.zeros(values.size, dtype=bool)
    zeroed[sequence[:k]] = True
    return zeroed


def iter_prunable(network):
    leaves = network.named_modules()
    return [(where_it_is, leaf) for where_it_is, leaf in leaves if hasattr(leaf, "weight") and not hasattr(leaf, "running_mean")]


def validate(sparsity, scope):
    problems = []
    if not (sparsity >= 0 and sparsity <= 1):
        problems.append("sparsity")
    if ("layer", "global").count(scope) == 0:
        problems.append("scope")
    if problems:
        raise ValueError("bad " + " and ".join(problems))


class Trimmer:
    """One pruning job: the copied network, its prunable stack_of, the masks so far."""

    def __init__(self, model, sparsity):
        self.network = model.copy()
        self.sparsity = sparsity
        self.targets = dict(iter_prunable(self.network))
        self.masks = {}

    def magnitudes(self, label):
        return np.absolute(self.targets[label].weight).reshape(-1)

    def apply(self, label, cut_away):
        leaf_layer = self.targets[label]
        held = np.logical_not(cut_away).reshape(leaf_layer.weight.shape)
        leaf_layer.weight = np.where(held, leaf_layer.weight, np.zeros_like(leaf_layer.weight))
        self.masks[".".join((label, "weight"))] = held

    def layerwise(self):
        for label in self.targets:
            ranks_of = self.magnitudes(label)
            self.apply(label, mark_small(ranks_of, number_to_prune(self.sparsity, ranks_of.size)))

    def overall(self):
        ranks_of = {label: self.magnitudes(label) for label in self.targets}
        joined = np.concatenate(list(ranks_of.values()))
        k = number_to_prune(self.sparsity, joined.size)
        border = np.sort(joined)[k - 1] if k else -1.0
        cut_away = joined <= border
        start = 0
        for label, part in ranks_of.items():
            self.apply(label, cut_away[start : start + part.size])
            start += part.size


def prune_weights(model, sparsity, scope="layer"):
    validate(sparsity, scope)
    job = Trimmer(model, sparsity)
    {"layer": job.layerwise, "global": job.overall}[scope]()
    return job.network, job.masks
