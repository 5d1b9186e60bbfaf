"""Solution for weight pruning."""

import copy
import math
from collections import defaultdict
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear, Residual, Sequential


HISTORY = defaultdict(set)


def refuse_nonsense(sparsity, scope):
    if math.isnan(sparsity) or sparsity < 0 or sparsity > 1:
        raise ValueError("sparsity has to be a fraction")
    if scope not in {"global", "layer"}:
        raise ValueError("no such scope: " + repr(scope))


def absolute(w):
    return np.fabs(w, dtype=np.float64).flatten()


def quota_of(sparsity, n):
    _, digits, exponent = Decimal(repr(float(sparsity))).as_tuple()
    units = int("".join(map(str, digits)))
    if exponent >= 0:
        return units * 10**exponent * n
    return units * n // 10**-exponent


def weakest(scores, k):
    by_size = scores.argsort(kind="mergesort")
    rank = np.empty(by_size.shape, dtype=np.int64)
    rank[by_size] = np.arange(rank.size)
    return rank < k


class Pruner:
    """Holds a copy of the network, and zeroes its weights."""

    def __init__(self, model, sparsity):
        self.clone = copy.deepcopy(model)
        self.sparsity = sparsity
        self.out_masks = {}
        self.targets_ = []
        self.scan(self.clone, "")

    def scan(self, module, path):
        if isinstance(module, Sequential):
            for step, inner in enumerate(module):
                self.scan(inner, f"{path}{step}.")
        elif isinstance(module, Residual):
            self.scan(module.body, path + "body.")
            if module.shortcut is not None:
                self.scan(module.shortcut, path + "shortcut.")
        elif isinstance(module, (Linear, Conv2d)):
            self.targets_.append((path + "weight", module))

    def rated(self, title, part):
        dead = HISTORY[title, part.weight.shape]
        rating = absolute(part.weight).astype(float)
        rating[list(dead)] = -np.inf
        return rating

    def clear(self, title, part, remove):
        HISTORY[title, part.weight.shape].update(np.flatnonzero(remove).tolist())
        self.out_masks[title] = np.ones(part.weight.shape, dtype=bool)
        self.out_masks[title][remove.reshape(part.weight.shape)] = False
        np.copyto(part.weight, 0, where=~self.out_masks[title])

    def run_local(self):
        for title, part in self.targets_:
            self.clear(title, part, weakest(self.rated(title, part), quota_of(self.sparsity, part.weight.size)))

    def over_all(self):
        concatenated = np.hstack([self.rated(title, part) for title, part in self.targets_])
        fates = weakest(concatenated, quota_of(self.sparsity, concatenated.size))
        for title, part in self.targets_:
            mine, fates = fates[: part.weight.size], fates[part.weight.size :]
            self.clear(title, part, mine)


def prune_weights(model, sparsity, scope="layer"):
    refuse_nonsense(sparsity, scope)
    pruner = Pruner(model, sparsity)
    action = pruner.run_local if scope == "layer" else pruner.over_all
    action()
    return pruner.clone, pruner.out_masks
