"""Zero out the smallest weights of a network."""

from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def lowest(scores, k):
    perm = np.argsort(-scores, kind="stable")
    cut_away = np.zeros(scores.size, dtype=bool)
    cut_away[perm[:k]] = True
    return cut_away


def pruned_count(fraction, size):
    top, bottom = Decimal(repr(fraction)).as_integer_ratio()
    return top * size // bottom


def iter_prunable(top):
    todo_stack = [("", top)]
    while todo_stack:
        trail, node = todo_stack.pop()
        children = node.named_children()
        if children is not None:
            todo_stack.extend(reversed([(f"{trail}.{key}" if trail else key, child) for key, child in children]))
        elif isinstance(node, (Conv2d, Linear)):
            yield trail, node


def validate(fraction, where):
    clipped = min(max(fraction, 0.0), 1.0)
    if clipped != fraction:  # a NaN differs from everything
        raise ValueError(f"{fraction} is no fraction")
    if where not in {"global", "layer"}:
        raise ValueError(where)


class MagnitudeJob:
    """One pruning trim: the copied network, its prunable layers, the masks so far."""

    def __init__(self, model, sparsity):
        self.network = model.copy()
        self.sparsity = sparsity
        self.targets = dict(iter_prunable(self.network))
        self.masks = {}

    def magnitudes(self, label):
        return np.absolute(self.targets[label].weight).reshape(-1)

    def apply(self, label, cut_away):
        module = self.targets[label]
        keepflag = np.logical_not(cut_away).reshape(module.weight.shape)
        module.weight = np.where(keepflag, module.weight, np.zeros_like(module.weight))
        self.masks[".".join((label, "weight"))] = keepflag

    def layerwise(self):
        for label in self.targets:
            ranks_of = self.magnitudes(label)
            self.apply(label, lowest(ranks_of, pruned_count(self.sparsity, ranks_of.size)))

    def overall(self):
        ranks_of = {label: self.magnitudes(label) for label in self.targets}
        all_scores = np.concatenate(list(ranks_of.values()))
        cut_away = lowest(all_scores, pruned_count(self.sparsity, all_scores.size))
        begin = 0
        for label, part in ranks_of.items():
            self.apply(label, cut_away[begin : begin + part.size])
            begin += part.size


def prune_weights(model, sparsity, scope="layer"):
    validate(sparsity, scope)
    trim = MagnitudeJob(model, sparsity)
    step = trim.layerwise if scope == "layer" else trim.overall
    step()
    return trim.network, trim.masks
