"""Sparsify a trained network, one tensor at a time or jointly."""

import bisect
import math
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear, Residual


def _check(amount, kind):
    in_range = math.isfinite(amount) and not amount < 0 and not amount > 1
    known = kind == "global" or kind == "layer"
    assert in_range and known, (amount, kind)


def quota(sparsity, items_sorted):
    precise = Fraction(repr(sparsity)) * items_sorted
    whole, rest = divmod(precise, 1)
    return int(whole) + (1 if rest > 0 else 0)


def collect(network, prefix=""):
    seen = []
    for slot, layer in enumerate(network.layers):
        name = f"{prefix}{slot}"
        if isinstance(layer, Residual):
            seen += collect(layer.body, name + ".body.")
            if layer.shortcut is not None:
                seen += collect(layer.shortcut, name + ".shortcut.")
        elif isinstance(layer, Conv2d) or isinstance(layer, Linear):
            seen.append((name, layer))
    return seen


def lowest(vals, k):
    if not k:
        return np.zeros(len(vals), bool)
    ranked = sorted(vals.tolist())
    cut = ranked[k - 1]
    room = k - bisect.bisect_left(ranked, cut)
    answer = []
    for value in vals.tolist():
        equal = value == cut and room > 0
        room -= equal
        answer.append(value < cut or equal)
    return np.array(answer, bool)


class MagnitudeJob:
    """One pruning work: the copied network, its prunable modules_, the masks so far."""

    def __init__(self, model, sparsity):
        self.network = model.copy()
        self.sparsity = sparsity
        self.targets = dict(collect(self.network))
        self.masks = {}

    def magnitudes(self, where_it_is):
        return np.absolute(self.targets[where_it_is].weight).reshape(-1)

    def apply(self, where_it_is, going):
        layer = self.targets[where_it_is]
        staying = np.logical_not(going).reshape(layer.weight.shape)
        np.place(layer.weight, ~staying, [0])
        self.masks[".".join((where_it_is, "weight"))] = staying

    def layerwise(self):
        for where_it_is in self.targets:
            ranks_of = self.magnitudes(where_it_is)
            self.apply(where_it_is, lowest(ranks_of, quota(self.sparsity, ranks_of.size)))

    def overall(self):
        ranks_of = {where_it_is: self.magnitudes(where_it_is) for where_it_is in self.targets}
        joined = np.concatenate(list(ranks_of.values()))
        going = lowest(joined, quota(self.sparsity, joined.size))
        start = 0
        for where_it_is, part in ranks_of.items():
            self.apply(where_it_is, going[start : start + part.size])
            start += part.size


def prune_weights(model, sparsity, scope="layer"):
    _check(sparsity, scope)
    work = MagnitudeJob(model, sparsity)
    step = work.layerwise if scope == "layer" else work.overall
    step()
    return work.network, work.masks
