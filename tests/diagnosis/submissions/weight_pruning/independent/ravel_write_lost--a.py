"""Sparsify Linear and Conv2d weights by |w|."""

import copy
import math
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear, Residual, Sequential


def select(scores, k):
    by_size = scores.argsort(kind="mergesort")
    rank = np.empty(by_size.shape, dtype=np.int64)
    rank[by_size] = np.arange(rank.size)
    return rank < k


def absolute(w):
    return np.abs(w.astype(np.float64)).reshape(-1)


def budget(sparsity, n):
    ratio = Fraction(repr(float(sparsity)))
    return -(-ratio.numerator * n // ratio.denominator)


class MagnitudePruner:
    """Holds a copy of the network, and zeroes its weights."""

    def __init__(self, model, sparsity):
        self.clone = copy.deepcopy(model)
        self.sparsity = sparsity
        self.kept_where = {}
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

    def clear(self, key_name, leaf, out_mask):
        leaf.weight.ravel()[out_mask] = 0
        self.kept_where[key_name] = np.invert(out_mask).reshape(leaf.weight.shape)

    def run_local(self):
        for key_name, leaf in self.targets_:
            self.clear(key_name, leaf, select(absolute(leaf.weight), budget(self.sparsity, leaf.weight.size)))

    def jointly(self):
        merged = np.concatenate([absolute(leaf.weight) for _, leaf in self.targets_])
        verdict = select(merged, budget(self.sparsity, len(merged)))
        begin = 0
        for key_name, leaf in self.targets_:
            end = begin + leaf.weight.size
            self.clear(key_name, leaf, verdict[begin:end])
            begin = end


def prune_weights(model, sparsity, scope="layer"):
    if math.isnan(sparsity) or sparsity < 0 or sparsity > 1:
        raise ValueError("sparsity has to be a fraction")
    known = ["layer", "global"]
    if known.count(scope) == 0:
        raise ValueError(f"scope must be one of {known}")
    pruner = MagnitudePruner(model, sparsity)
    if scope == "layer":
        pruner.run_local()
    else:
        pruner.jointly()
    return pruner.clone, pruner.kept_where
