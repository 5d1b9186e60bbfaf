"""Prune a network by magnitude."""

import math

import numpy as np


def iter_prunable(node, path=()):
    kids = node.named_children()
    if kids is None:
        weight = getattr(node, "weight", None)
        if weight is not None and weight.ndim in (2, 4):
            yield ".".join(path), node
        return
    for key, child in kids:
        yield from iter_prunable(child, (*path, key))


def validate(sparsity, scope):
    bad = not math.isfinite(sparsity) or sparsity < 0 or sparsity > 1
    if bad:
        raise ValueError("the sparsity has to lie in [0, 1]")
    if scope != "layer" and scope != "global":
        raise ValueError("the scope is either layer or global")


def weakest(vals, k):
    ranking = np.argsort(vals, kind="stable")
    zeroed = np.zeros(vals.size, dtype=bool)
    zeroed[ranking[:k]] = True
    return zeroed


def exact_count(sparsity, n):
    held = int((1 - sparsity) * n)
    return n - held


class Pruner:
    """One pruning work: the copied network, its prunable modules_, the masks so far."""

    def __init__(self, model, sparsity):
        self.network = model.copy()
        self.sparsity = sparsity
        self.targets = dict(iter_prunable(self.network))
        self.masks = {}

    def magnitudes(self, where_it_is):
        return np.fabs(self.targets[where_it_is].weight).reshape(-1)

    def apply(self, where_it_is, zeroed):
        unit = self.targets[where_it_is]
        kept = np.logical_not(zeroed).reshape(unit.weight.shape)
        unit.weight[~kept] = 0
        self.masks[where_it_is + ".weight"] = kept

    def layerwise(self):
        for where_it_is in self.targets:
            scores = self.magnitudes(where_it_is)
            self.apply(where_it_is, weakest(scores, exact_count(self.sparsity, scores.size)))

    def overall(self):
        scores = {where_it_is: self.magnitudes(where_it_is) for where_it_is in self.targets}
        joined = np.concatenate(list(scores.values()))
        zeroed = weakest(joined, exact_count(self.sparsity, joined.size))
        begin = 0
        for where_it_is, part in scores.items():
            self.apply(where_it_is, zeroed[begin : begin + part.size])
            begin += part.size


def prune_weights(model, sparsity, scope="layer"):
    validate(sparsity, scope)
    work = Pruner(model, sparsity)
    step = work.layerwise if scope == "layer" else work.overall
    step()
    return work.network, work.masks
