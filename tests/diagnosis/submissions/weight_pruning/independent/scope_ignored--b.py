"""Thin out a trained network by the size of its weights."""

import copy
import math
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear, Residual, Sequential


def check_arguments(sparsity, scope):
    try:
        assert_fraction = Fraction(repr(float(sparsity)))
    except ValueError:
        raise ValueError("sparsity is no finite number") from None
    if assert_fraction < 0 or assert_fraction > 1:
        raise ValueError("sparsity is no fraction of one")
    if scope != "layer" and scope != "global":
        raise ValueError("scope is 'layer' or 'global'")


def absolute(w):
    line = np.array(w, dtype=float).ravel()
    return np.where(line < 0, -line, line)


def share_of(sparsity, n):
    return math.floor(Fraction(repr(float(sparsity))) * n)


def select(scores, k):
    total = scores.size
    if k <= 0 or k >= total:
        return np.full(total, k > 0)
    out = np.zeros(total, bool)
    out[np.argpartition(scores, k)[:k]] = True
    return out


class Sparsifier:
    """Holds a copy of the network, and zeroes its weights."""

    def __init__(self, model, sparsity):
        self.pruned = copy.deepcopy(model)
        self.sparsity = sparsity
        self.keep_map = {}
        self.members_ = []
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
            self.members_.append((path + "weight", module))

    def erase(self, label, mod, zeroed):
        self.keep_map[label] = np.ones(mod.weight.shape, dtype=bool)
        self.keep_map[label][zeroed.reshape(mod.weight.shape)] = False
        np.copyto(mod.weight, 0, where=~self.keep_map[label])

    def by_layer(self):
        for label, mod in self.members_:
            sizes = absolute(mod.weight)
            k = share_of(self.sparsity, sizes.size)
            self.erase(label, mod, select(sizes, k))


def prune_weights(model, sparsity, scope="layer"):
    check_arguments(sparsity, scope)
    pruner = Sparsifier(model, sparsity)
    pruner.by_layer()
    return pruner.pruned, pruner.keep_map
