"""Unstructured pruning: the least weights go, masks tell which."""

import copy
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear


def guard(sparsity, scope):
    try:
        assert_fraction = Fraction(repr(float(sparsity)))
    except ValueError:
        raise ValueError("sparsity is no finite number") from None
    if assert_fraction < 0 or assert_fraction > 1:
        raise ValueError("sparsity is no fraction of one")
    known = ["layer", "global"]
    if known.count(scope) == 0:
        raise ValueError(f"scope must be one of {known}")


def importance(w):
    return np.abs(w.astype(np.float64)).reshape(-1)


def amount(sparsity, n):
    part, _ = divmod(Fraction(repr(float(sparsity))) * n, 1)
    return int(part)


def cut_positions(scores, k):
    ascending = np.sort(scores)
    out = np.ones(scores.size, dtype=bool)
    if k < scores.size:
        edge = ascending[k]
        out = scores < edge
        missing = k - int(np.searchsorted(ascending, edge, side="left"))
        out[np.flatnonzero(scores == edge)[:missing]] = True
    return out


class Session:
    """Holds a copy of the network, and zeroes its weights."""

    def __init__(self, model, sparsity):
        self.net = copy.deepcopy(model)
        self.sparsity = sparsity
        self.survivors = {}
        self.targets_ = []
        self.descend(self.net, "")

    def descend(self, module, path):
        if isinstance(module, Linear) or isinstance(module, Conv2d):
            self.targets_.append((f"{path}weight", module))
        for step, inner in module.named_children() or ():
            self.descend(inner, f"{path}{step}.")

    def clear(self, title, leaf, kill):
        self.survivors[title] = np.ones(leaf.weight.shape, dtype=bool)
        self.survivors[title][kill.reshape(leaf.weight.shape)] = False
        np.copyto(leaf.weight, 0, where=~self.survivors[title])

    def run_local(self):
        for title, leaf in self.targets_:
            sizes = importance(leaf.weight)
            k = amount(self.sparsity, sizes.size)
            self.clear(title, leaf, cut_positions(sizes, k))

    def jointly(self):
        parts = [importance(leaf.weight) for _, leaf in self.targets_]
        merged = np.concatenate(parts)
        picked_all = cut_positions(merged, amount(self.sparsity, merged.size))
        pieces = np.split(picked_all, np.cumsum([len(part) for part in parts])[:-1])
        for (title, leaf), mine in zip(self.targets_, pieces):
            self.clear(title, leaf, mine)


def prune_weights(model, sparsity, scope="layer"):
    guard(sparsity, scope)
    pruner = Session(model, sparsity)
    action = pruner.run_local if scope == "layer" else pruner.jointly
    action()
