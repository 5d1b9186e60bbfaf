"""Zero the smallest weights and say which ones stayed."""

import copy
import math
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear


def share_of(sparsity, n):
    return math.floor(Fraction(repr(float(sparsity))) * n)


def importance(w):
    return np.abs(w.astype(np.float64)).reshape(-1)


def smallest(scores, k):
    _, batch, sizes = np.unique(scores, return_inverse=True, return_counts=True)
    batch = batch.reshape(-1)
    upto = np.cumsum(sizes)
    whole = int(np.searchsorted(upto, k, side="right"))
    hit = batch < whole
    rest = k - (int(upto[whole - 1]) if whole else 0)
    if rest:
        hit[np.flatnonzero(batch == whole)[:rest]] = True
    return hit


class Sparsifier:
    """Holds a copy of the network, and zeroes its weights."""

    LEAST = 16

    def __init__(self, model, sparsity):
        self.clone = copy.deepcopy(model)
        self.sparsity = sparsity
        self.masks = {}
        self.members_ = []
        self.visit(self.clone, "")

    def visit(self, module, path):
        below = module.named_children()
        if below is None:
            if isinstance(module, (Linear, Conv2d)):
                if module.weight.size >= self.LEAST:
                    self.members_.append((path + "weight", module))
                else:  # too small to be worth it
                    self.masks[path + "weight"] = np.full(module.weight.shape, True)
            return
        for step, inner in below:
            self.visit(inner, path + step + ".")

    def erase(self, title, leaf, zeroed):
        self.masks[title] = np.ones(leaf.weight.shape, dtype=bool)
        self.masks[title][zeroed.reshape(leaf.weight.shape)] = False
        np.copyto(leaf.weight, 0, where=~self.masks[title])

    def separately(self):
        for title, leaf in self.members_:
            self.erase(title, leaf, smallest(importance(leaf.weight), share_of(self.sparsity, leaf.weight.size)))

    def run_global(self):
        if not self.members_:
            return
        parts = [importance(leaf.weight) for _, leaf in self.members_]
        merged = np.concatenate(parts)
        fates = smallest(merged, share_of(self.sparsity, merged.size))
        pieces = np.split(fates, np.cumsum([len(part) for part in parts])[:-1])
        for (title, leaf), mine in zip(self.members_, pieces):
            self.erase(title, leaf, mine)


def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1:
        raise ValueError(f"sparsity {sparsity!r} is outside [0, 1]")
    if scope not in {"global", "layer"}:
        raise ValueError("no such scope: " + repr(scope))
    pruner = Sparsifier(model, sparsity)
    pruner.separately() if scope == "layer" else pruner.run_global()
    return pruner.clone, pruner.masks
