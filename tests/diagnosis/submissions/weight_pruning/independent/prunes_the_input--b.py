"""Sparsify Linear and Conv2d weights by |w|."""

import copy
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear, Residual, Sequential


def losers(scores, k):
    strengths = scores.tolist()
    places = sorted(range(len(strengths)), key=strengths.__getitem__)
    zap = [False] * len(strengths)
    for place in places[:k]:
        zap[place] = True
    return np.array(zap, dtype=bool)


def n_pruned(sparsity, n):
    top, bottom = Decimal(repr(float(sparsity))).as_integer_ratio()
    return (top * n) // bottom


def absolute(w):
    line = w.flatten()
    return np.maximum(line, -line)


class MagnitudePruner:
    """Holds a copy of the network, and zeroes its weights."""

    def __init__(self, model, sparsity):
        self.pruned = copy.copy(model)
        self.sparsity = sparsity
        self.survivors = {}
        self.slots = []
        self.visit(self.pruned, "")

    def visit(self, module, path):
        if isinstance(module, Sequential):
            for step, inner in enumerate(module):
                self.visit(inner, f"{path}{step}.")
        elif isinstance(module, Residual):
            self.visit(module.body, path + "body.")
            if module.shortcut is not None:
                self.visit(module.shortcut, path + "shortcut.")
        elif isinstance(module, (Linear, Conv2d)):
            self.slots.append((path + "weight", module))

    def clear(self, title, owner, zeroed):
        self.survivors[title] = np.ones(owner.weight.shape, dtype=bool)
        self.survivors[title][zeroed.reshape(owner.weight.shape)] = False
        np.copyto(owner.weight, 0, where=~self.survivors[title])

    def separately(self):
        for title, owner in self.slots:
            sizes = absolute(owner.weight)
            k = n_pruned(self.sparsity, sizes.size)
            self.clear(title, owner, losers(sizes, k))

    def jointly(self):
        concatenated = np.concatenate([absolute(owner.weight) for _, owner in self.slots])
        picked_all = losers(concatenated, n_pruned(self.sparsity, len(concatenated)))
        begin = 0
        for title, owner in self.slots:
            end = begin + owner.weight.size
            self.clear(title, owner, picked_all[begin:end])
            begin = end


def prune_weights(model, sparsity, scope="layer"):
    if scope not in ("layer", "global"):
        raise ValueError(f"unknown scope {scope!r}")
    inside = sparsity >= 0.0 and sparsity <= 1.0
    if not inside:
        raise ValueError("the fraction must lie between 0 and 1, got %r" % (sparsity,))
    pruner = MagnitudePruner(model, sparsity)
    pruner.separately() if scope == "layer" else pruner.jointly()
    return pruner.pruned, pruner.survivors
