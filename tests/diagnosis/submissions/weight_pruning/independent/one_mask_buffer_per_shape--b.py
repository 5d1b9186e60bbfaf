"""One-shot magnitude pruning for judge.nn networks."""

import copy
import math
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear


def mark_small(scores, k):
    by_size = scores.argsort(kind="mergesort")
    rank = np.empty(by_size.shape, dtype=np.int64)
    rank[by_size] = np.arange(rank.size)
    return rank < k


def magnitudes_of(w):
    return np.abs(w.astype(np.float64)).reshape(-1)


def n_pruned(sparsity, n):
    return math.floor(Fraction(repr(float(sparsity))) * n)


class Pruner:
    """Holds a copy of the network, and zeroes its weights."""

    def __init__(self, model, sparsity):
        self.new_model = copy.deepcopy(model)
        self.sparsity = sparsity
        self.survivors = {}
        self.scratch = {}
        self.spots = []
        self.visit(self.new_model, "")

    def visit(self, module, path):
        below = module.named_children()
        if below is None:
            if isinstance(module, (Linear, Conv2d)):
                self.spots.append((path + "weight", module))
            return
        for step, inner in below:
            self.visit(inner, path + step + ".")

    def apply_to(self, label, mod, kill):
        kill = kill.reshape(mod.weight.shape)
        mod.weight[kill] = 0
        paper = self.scratch.setdefault(kill.shape, np.ones(kill.shape, np.uint8))
        paper[...] = 1 - kill
        self.survivors[label] = paper

    def by_layer(self):
        for label, mod in self.spots:
            sizes = magnitudes_of(mod.weight)
            k = n_pruned(self.sparsity, sizes.size)
            self.apply_to(label, mod, mark_small(sizes, k))

    def jointly(self):
        concatenated = np.concatenate([magnitudes_of(mod.weight) for _, mod in self.spots])
        fates = mark_small(concatenated, n_pruned(self.sparsity, len(concatenated)))
        begin = 0
        for label, mod in self.spots:
            end = begin + mod.weight.size
            self.apply_to(label, mod, fates[begin:end])
            begin = end


def prune_weights(model, sparsity, scope="layer"):
    try:
        assert_fraction = Fraction(repr(float(sparsity)))
    except ValueError:
        raise ValueError("sparsity is no finite number") from None
    if assert_fraction < 0 or assert_fraction > 1:
        raise ValueError("sparsity is no fraction of one")
    if scope not in ("layer", "global"):
        raise ValueError(f"unknown scope {scope!r}")
    pruner = Pruner(model, sparsity)
    pruner.by_layer() if scope == "layer" else pruner.jointly()
    return pruner.new_model, pruner.survivors
