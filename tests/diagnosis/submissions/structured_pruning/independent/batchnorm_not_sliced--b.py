"""Channel pruning for plain NumPy networks."""

import copy
from decimal import Decimal
import numpy as np

from judge.nn import Conv2d, Linear, Sequential


def survivor_flags(scores, k):
    weakest = set(sorted(range(len(scores)), key=lambda c: (scores[c], c))[:k])
    return np.array([c not in weakest for c in range(len(scores))])


def row_norms(weight, norm):
    wide = weight.reshape(weight.shape[0], -1).astype(np.float64)
    return np.abs(wide).sum(axis=-1) if norm == 1 else np.sqrt(np.einsum("ij,ij->i", wide, wide))


def victims(ratio, n):
    """How many of ``n`` go."""
    top, bottom = Decimal(repr(ratio)).as_integer_ratio()
    return min(top * n // bottom, n - 1)


class Cutter:
    def __init__(self, model, ratio, norm):
        self.model = model
        self.ratio = ratio
        self.norm = norm
        self.masks = {}
        self.current = None  # which channels of the latest weighted layer live
        self.output = [i for i, part in enumerate(model) if self.is_weighted(part)][-1]

    @staticmethod
    def is_weighted(part):
        return isinstance(part, Linear) or isinstance(part, Conv2d)

    def decide(self, index, weight):
        size = weight.shape[0]
        if index == self.output:
            return np.full(size, True)
        return survivor_flags(row_norms(weight, self.norm), victims(self.ratio, size))

    def fan_out(self, length):
        times = length // self.current.shape[0]
        return np.broadcast_to(self.current[:, None], (self.current.shape[0], times)).ravel()

    def weighted(self, index, part):
        on = self.decide(index, part.weight)
        smaller = part.weight
        if self.current is not None:
            smaller = np.compress(self.fan_out(smaller.shape[1]), smaller, axis=1)
        result = copy.deepcopy(part)
        result.weight = np.compress(on, smaller, axis=0)
        if part.bias is not None:
            result.bias = np.compress(on, part.bias)
        self.masks[f"{index}.weight"] = on
        self.current = on
        return result

    def operate(self):
        assembled = []
        for index, part in enumerate(self.model):
            if self.is_weighted(part):
                assembled.append(self.weighted(index, part))
            else:
                assembled.append(copy.deepcopy(part))
        return Sequential(assembled), self.masks


def prune_structured(model, ratio, norm=1):
    if not (ratio >= 0.0 and ratio < 1.0):
        raise ValueError("ratio out of range")
    if norm not in {1, 2}:
        raise ValueError("only the L1 and L2 norms are known")
    return Cutter(model, ratio, norm).operate()
