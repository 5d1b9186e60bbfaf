"""prune_weights: keep the large weights, drop the small ones."""

import copy
import math
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


ORDERS = {}


def count_for(sparsity, n):
    return math.ceil(Decimal(repr(float(sparsity))) * n)


def strength(w):
    line = np.array(w, dtype=float).ravel()
    return np.where(line < 0, -line, line)


def lowest(scores, k, tag):
    if tag not in ORDERS:
        ORDERS[tag] = np.argsort(scores, kind="stable")
    remove = np.zeros(scores.size, dtype=bool)
    remove[ORDERS[tag][:k]] = True
    return remove


class Sparsifier:
    """Holds a copy of the network, and zeroes its weights."""

    def __init__(self, model, sparsity):
        self.new_model = copy.deepcopy(model)
        self.sparsity = sparsity
        self.survivors = {}
        self.members_ = []
        self.visit(self.new_model, "")

    def visit(self, module, path):
        below = module.named_children()
        if below is None:
            if isinstance(module, (Linear, Conv2d)):
                self.members_.append((path + "weight", module))
            return
        for step, inner in below:
            self.visit(inner, path + step + ".")

    def erase(self, key_name, unit_layer, remove):
        keep = np.logical_not(remove).reshape(unit_layer.weight.shape)
        unit_layer.weight = np.where(keep, unit_layer.weight, unit_layer.weight.dtype.type(0))
        self.survivors[key_name] = keep

    def by_layer(self):
        for key_name, unit_layer in self.members_:
            self.erase(key_name, unit_layer, lowest(strength(unit_layer.weight), count_for(self.sparsity, unit_layer.weight.size), (key_name, unit_layer.weight.shape)))

    def jointly(self):
        big = np.hstack([strength(unit_layer.weight) for _, unit_layer in self.members_])
        shapes = tuple((key_name, unit_layer.weight.shape) for key_name, unit_layer in self.members_)
        verdict = lowest(big, count_for(self.sparsity, big.size), shapes)
        for key_name, unit_layer in self.members_:
            mine, verdict = verdict[: unit_layer.weight.size], verdict[unit_layer.weight.size :]
            self.erase(key_name, unit_layer, mine)


def prune_weights(model, sparsity, scope="layer"):
    inside = sparsity >= 0.0 and sparsity <= 1.0
    if not inside:
        raise ValueError("the fraction must lie between 0 and 1, got %r" % (sparsity,))
    if scope != "layer" and scope != "global":
        raise ValueError("scope is 'layer' or 'global'")
    pruner = Sparsifier(model, sparsity)
    if scope == "layer":
        pruner.by_layer()
    else:
        pruner.jointly()
    return pruner.new_model, pruner.survivors
