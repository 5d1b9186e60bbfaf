"""One-shot magnitude pruning for judge.nn networks."""

import copy
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear, Residual, Sequential


def share_of(sparsity, n):
    ratio = Fraction(repr(float(sparsity)))
    return -(-ratio.numerator * n // ratio.denominator)


def mark_small(scores, k):
    ascending = np.sort(scores)
    out = np.ones(scores.size, dtype=bool)
    if k < scores.size:
        edge = ascending[k]
        out = scores < edge
        missing = k - int(np.searchsorted(ascending, edge, side="left"))
        out[np.flatnonzero(scores == edge)[:missing]] = True
    return out


def absolute(w):
    line = np.array(w, dtype=float).ravel()
    return np.where(line < 0, -line, line)


class Sparsifier:
    """Holds a copy of the network, and zeroes its weights."""

    def __init__(self, model, sparsity):
        self.clone = copy.deepcopy(model)
        self.sparsity = sparsity
        self.mask_by_name = {}
        self.slots = []
        self.descend(self.clone, "")

    def descend(self, module, path):
        if isinstance(module, Sequential):
            for step, inner in enumerate(module):
                self.descend(inner, f"{path}{step}.")
        elif isinstance(module, Residual):
            self.descend(module.body, path + "body.")
            if module.shortcut is not None:
                self.descend(module.shortcut, path + "shortcut.")
        elif isinstance(module, (Linear, Conv2d)):
            self.slots.append((path + "weight", module))

    def erase(self, title, mod, remove):
        keep = np.logical_not(remove).reshape(mod.weight.shape)
        mod.weight = np.where(keep, mod.weight, mod.weight.dtype.type(0))
        self.mask_by_name[title] = keep

    def by_layer(self):
        for title, mod in self.slots:
            sizes = absolute(mod.weight)
            k = share_of(self.sparsity, sizes.size)
            self.erase(title, mod, mark_small(sizes, k))

    def jointly(self):
        parts = [absolute(mod.weight) for _, mod in self.slots]
        merged = np.concatenate(parts)
        fates = mark_small(merged, share_of(self.sparsity, merged.size))
        pieces = np.split(fates, np.cumsum([len(part) for part in parts])[:-1])
        for (title, mod), mine in zip(self.slots, pieces):
            self.erase(title, mod, mine)


def prune_weights(model, sparsity, scope="layer"):
    sparsity = max(0.0, min(1.0, sparsity))
    if scope not in ("layer", "global"):
        raise ValueError(f"unknown scope {scope!r}")
    pruner = Sparsifier(model, sparsity)
    pruner.by_layer() if scope == "layer" else pruner.jointly()
    return pruner.clone, pruner.mask_by_name
