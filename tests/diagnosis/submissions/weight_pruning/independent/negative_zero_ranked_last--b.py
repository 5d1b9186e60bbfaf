"""Sparsify Linear and Conv2d weights by |w|."""

import copy
import math
import struct
from decimal import ROUND_FLOOR, Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def refuse_nonsense(sparsity, scope):
    if not (math.isfinite(sparsity) and abs(sparsity - 0.5) <= 0.5 and sparsity >= 0):
        raise ValueError("bad sparsity")
    if scope != "layer" and scope != "global":
        raise ValueError("scope is 'layer' or 'global'")


def quota_of(sparsity, n):
    exact = Decimal(repr(float(sparsity))) * n
    return int(exact.to_integral_value(rounding=ROUND_FLOOR))


def size_of_weights(w):
    return np.array([x if x >= 0 else -x for x in w.ravel().tolist()])


def mark_small(scores, k):
    packed = [struct.pack(">d", x) for x in scores.tolist()]
    zap = np.zeros(len(packed), dtype=bool)
    for place in sorted(range(len(packed)), key=packed.__getitem__)[:k]:
        zap[place] = True
    return zap


class MagnitudePruner:
    """Holds a copy of the network, and zeroes its weights."""

    def __init__(self, model, sparsity):
        self.clone = copy.deepcopy(model)
        self.sparsity = sparsity
        self.out_masks = {}
        self.slots = []
        self.scan(self.clone, "")

    def scan(self, module, path):
        if isinstance(module, Linear) or isinstance(module, Conv2d):
            self.slots.append((f"{path}weight", module))
        for step, inner in module.named_children() or ():
            self.scan(inner, f"{path}{step}.")

    def apply_to(self, label, part, drop):
        self.out_masks[label] = np.ones(part.weight.shape, dtype=bool)
        self.out_masks[label][drop.reshape(part.weight.shape)] = False
        np.copyto(part.weight, 0, where=~self.out_masks[label])

    def by_layer(self):
        for label, part in self.slots:
            self.apply_to(label, part, mark_small(size_of_weights(part.weight), quota_of(self.sparsity, part.weight.size)))

    def jointly(self):
        concatenated = np.hstack([size_of_weights(part.weight) for _, part in self.slots])
        verdict = mark_small(concatenated, quota_of(self.sparsity, concatenated.size))
        for label, part in self.slots:
            mine, verdict = verdict[: part.weight.size], verdict[part.weight.size :]
            self.apply_to(label, part, mine)


def prune_weights(model, sparsity, scope="layer"):
    refuse_nonsense(sparsity, scope)
    pruner = MagnitudePruner(model, sparsity)
    pruner.by_layer() if scope == "layer" else pruner.jointly()
    return pruner.clone, pruner.out_masks
