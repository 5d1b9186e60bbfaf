"""Weights of least magnitude are zeroed; returns the new network and its masks."""

import copy
import math
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear


def lowest(scores, k):
    if k == 0:
        return np.zeros(scores.shape, bool)
    edge_value = np.partition(scores, k - 1)[k - 1]
    below = scores < edge_value
    equal = scores == edge_value
    tie_quota = k - np.count_nonzero(below)
    return below | (equal & (np.cumsum(equal) <= tie_quota))


def share_of(sparsity, n):
    return math.floor(Fraction(repr(float(sparsity))) * n)


def strength(w):
    return np.fabs(w, dtype=np.float64).flatten()


class Sparsifier:
    """Holds a copy of the network, and zeroes its weights."""

    collected = []

    def __init__(self, model, sparsity):
        self.net = copy.deepcopy(model)
        self.sparsity = sparsity
        self.kept_where = {}
        self.targets_ = []
        self.scan(self.net, "")

    def scan(self, module, path):
        if isinstance(module, Linear) or isinstance(module, Conv2d):
            self.targets_.append((f"{path}weight", module))
        for step, inner in module.named_children() or ():
            self.scan(inner, f"{path}{step}.")

    def clear(self, key_name, leaf, zeroed):
        mask = np.logical_not(zeroed).reshape(leaf.weight.shape)
        leaf.weight = np.where(mask, leaf.weight, leaf.weight.dtype.type(0))
        self.kept_where[key_name] = mask

    def run_local(self):
        for key_name, leaf in self.targets_:
            self.clear(key_name, leaf, lowest(strength(leaf.weight), share_of(self.sparsity, leaf.weight.size)))

    def over_all(self):
        earlier = sum(line.size for line in self.collected)
        for _, leaf in self.targets_:
            self.collected.append(strength(leaf.weight))
        concatenated = np.hstack(self.collected)
        picked_all = lowest(concatenated, share_of(self.sparsity, concatenated.size))[earlier:]
        for key_name, leaf in self.targets_:
            mine, picked_all = picked_all[: leaf.weight.size], picked_all[leaf.weight.size :]
            self.clear(key_name, leaf, mine)


def prune_weights(model, sparsity, scope="layer"):
    if scope != "layer" and scope != "global":
        raise ValueError("scope is 'layer' or 'global'")
    if not (math.isfinite(sparsity) and abs(sparsity - 0.5) <= 0.5 and sparsity >= 0):
        raise ValueError("bad sparsity")
    pruner = Sparsifier(model, sparsity)
    action = pruner.run_local if scope == "layer" else pruner.over_all
    action()
    return pruner.net, pruner.kept_where
