"""Weights of least magnitude are zeroed; returns the new network and its masks."""

import copy
import math
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear, Residual, Sequential


def weakest(scores, k):
    if k == 0:
        return np.zeros(scores.shape, bool)
    edge_value = np.partition(scores, k - 1)[k - 1]
    below = scores < edge_value
    equal = scores == edge_value
    spare = k - np.count_nonzero(below)
    return below | (equal & (np.cumsum(equal) <= spare))


def saliency(w):
    line = np.array(w, dtype=float).ravel()
    return np.where(line < 0, -line, line)


def count_for(sparsity, n):
    return math.ceil(Decimal(repr(float(sparsity))) * n)


class Pruner:
    """Holds a copy of the network, and zeroes its weights."""

    def __init__(self, model, sparsity):
        self.net = copy.deepcopy(model)
        self.sparsity = sparsity
        self.survivors = {}
        self.spots = []
        self.visit(self.net, "")

    def visit(self, module, path):
        if isinstance(module, Sequential):
            for step, inner in enumerate(module):
                self.visit(inner, f"{path}{step}.")
        elif isinstance(module, Residual):
            self.visit(module.body, path + "body.")
            if module.shortcut is not None:
                self.visit(module.shortcut, path + "shortcut.")
        elif isinstance(module, (Linear, Conv2d)):
            self.spots.append((path + "weight", module))

    def clear(self, title, lay, kill):
        self.survivors[title] = np.ones(lay.weight.shape, dtype=bool)
        self.survivors[title][kill.reshape(lay.weight.shape)] = False
        np.copyto(lay.weight, 0, where=~self.survivors[title])

    def by_layer(self):
        for title, lay in self.spots:
            table = saliency(lay.weight).reshape(len(lay.weight), -1)
            standing = table.argsort(axis=1, kind="stable").argsort(axis=1, kind="stable")
            self.clear(title, lay, standing < count_for(self.sparsity, table.shape[1]))

    def over_all(self):
        parts = [saliency(lay.weight) for _, lay in self.spots]
        concatenated = np.concatenate(parts)
        fates = weakest(concatenated, count_for(self.sparsity, concatenated.size))
        pieces = np.split(fates, np.cumsum([len(part) for part in parts])[:-1])
        for (title, lay), mine in zip(self.spots, pieces):
            self.clear(title, lay, mine)


def prune_weights(model, sparsity, scope="layer"):
    if scope not in {"global", "layer"}:
        raise ValueError("no such scope: " + repr(scope))
    if math.isnan(sparsity) or sparsity < 0 or sparsity > 1:
        raise ValueError("sparsity has to be a fraction")
    pruner = Pruner(model, sparsity)
    action = pruner.by_layer if scope == "layer" else pruner.over_all
    action()
    return pruner.net, pruner.survivors
