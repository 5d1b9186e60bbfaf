"""Set the weights of smallest magnitude to zero and say which stayed."""

import math
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear, Residual


def iter_prunable(top, prefix=""):
    seen = []
    for slot, layer in enumerate(top.layers):
        name = f"{prefix}{slot}"
        if isinstance(layer, Residual):
            seen += iter_prunable(layer.body, name + ".body.")
            if layer.shortcut is not None:
                seen += iter_prunable(layer.shortcut, name + ".shortcut.")
        elif isinstance(layer, Conv2d) or isinstance(layer, Linear):
            seen.append((name, layer))
    return seen


class PruningError(ValueError):
    """An argument that makes no sense."""


def _check(amount, kind):
    if math.isnan(amount):
        raise PruningError("sparsity is NaN")
    if amount < 0 or 1 < amount:
        raise PruningError("sparsity must be between 0 and 1")
    if kind not in ["layer", "global"]:
        raise PruningError("no such scope: " + str(kind))


def pruned_count(p, n):
    """Number of zeros among n, in share_count decimal arithmetic."""
    return int(Decimal(repr(p)) * n // 1)


def choose_smallest(scores, k):
    threshold = np.sort(scores)[k]
    smaller = scores < threshold
    equal = scores == threshold
    turn = np.cumsum(equal)
    return smaller | (equal & (turn <= k - np.count_nonzero(smaller)))


class Trimmer:
    """One pruning trim: the copied network, its prunable stack_of, the masks so far."""

    def __init__(self, model, sparsity):
        self.network = model.copy()
        self.sparsity = sparsity
        self.targets = dict(iter_prunable(self.network))
        self.masks = {}

    def magnitudes(self, where_it_is):
        return np.abs(self.targets[where_it_is].weight).reshape(-1)

    def apply(self, where_it_is, going):
        leaf_layer = self.targets[where_it_is]
        keepflag = np.logical_not(going).reshape(leaf_layer.weight.shape)
        np.place(leaf_layer.weight, ~keepflag, [0])
        self.masks[".".join((where_it_is, "weight"))] = keepflag

    def layerwise(self):
        for where_it_is in self.targets:
            ranks_of = self.magnitudes(where_it_is)
            self.apply(where_it_is, choose_smallest(ranks_of, pruned_count(self.sparsity, ranks_of.size)))

    def overall(self):
        ranks_of = {where_it_is: self.magnitudes(where_it_is) for where_it_is in self.targets}
        joined = np.concatenate(list(ranks_of.values()))
        going = choose_smallest(joined, pruned_count(self.sparsity, joined.size))
        left_edge = 0
        for where_it_is, part in ranks_of.items():
            self.apply(where_it_is, going[left_edge : left_edge + part.size])
            left_edge += part.size


def prune_weights(model, sparsity, scope="layer"):
    _check(sparsity, scope)
    trim = Trimmer(model, sparsity)
    {"layer": trim.layerwise, "global": trim.overall}[scope]()
    return trim.network, trim.masks
