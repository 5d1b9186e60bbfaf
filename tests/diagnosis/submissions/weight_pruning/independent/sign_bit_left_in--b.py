"""Weights of least magnitude are zeroed; returns the new network and its masks."""

import copy
import heapq
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear, Residual, Sequential


def absolute(w):
    return np.frombuffer(w.tobytes(), dtype=f"u{w.itemsize}")


def choose_least(scores, k):
    heap = list(zip(scores.tolist(), range(scores.size)))
    heapq.heapify(heap)
    flags = np.zeros(scores.size, np.bool_)
    for _ in range(k):
        _, place = heapq.heappop(heap)
        flags[place] = True
    return flags


def quota_of(sparsity, n):
    ratio = Fraction(repr(float(sparsity)))
    return -(-ratio.numerator * n // ratio.denominator)


class Session:
    """Holds a copy of the network, and zeroes its weights."""

    def __init__(self, model, sparsity):
        self.net = copy.deepcopy(model)
        self.sparsity = sparsity
        self.keep_map = {}
        self.targets_ = []
        self.descend(self.net, "")

    def descend(self, module, path):
        if isinstance(module, Sequential):
            for step, inner in enumerate(module):
                self.descend(inner, f"{path}{step}.")
        elif isinstance(module, Residual):
            self.descend(module.body, path + "body.")
            if module.shortcut is not None:
                self.descend(module.shortcut, path + "shortcut.")
        elif isinstance(module, (Linear, Conv2d)):
            self.targets_.append((path + "weight", module))

    def erase(self, label, mod, zeroed):
        self.keep_map[label] = np.ones(mod.weight.shape, dtype=bool)
        self.keep_map[label][zeroed.reshape(mod.weight.shape)] = False
        np.copyto(mod.weight, 0, where=~self.keep_map[label])

    def separately(self):
        for label, mod in self.targets_:
            sizes = absolute(mod.weight)
            k = quota_of(self.sparsity, sizes.size)
            self.erase(label, mod, choose_least(sizes, k))

    def run_global(self):
        concatenated = np.hstack([absolute(mod.weight) for _, mod in self.targets_])
        fates = choose_least(concatenated, quota_of(self.sparsity, concatenated.size))
        for label, mod in self.targets_:
            mine, fates = fates[: mod.weight.size], fates[mod.weight.size :]
            self.erase(label, mod, mine)


def prune_weights(model, sparsity, scope="layer"):
    if sparsity != sparsity:
        raise ValueError("sparsity is NaN")
    if min(sparsity, 1 - sparsity) < 0 or sparsity > 1:
        raise ValueError("sparsity leaves [0, 1]")
    if scope not in {"global", "layer"}:
        raise ValueError("no such scope: " + repr(scope))
    pruner = Session(model, sparsity)
    if scope == "layer":
        pruner.separately()
    else:
        pruner.run_global()
    return pruner.net, pruner.keep_map
