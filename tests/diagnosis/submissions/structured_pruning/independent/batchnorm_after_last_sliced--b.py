"""Channel pruning for plain NumPy networks."""

import copy
import math
from fractions import Fraction
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Sequential


class Cutter:
    def __init__(self, model, ratio, norm):
        self.model = model
        self.ratio = ratio
        self.norm = norm
        self.masks = {}
        self.current = None  # which channels of the latest weighted layer live
        self.output = [i for i, mod in enumerate(model) if self.is_weighted(mod)][-1]

    @staticmethod
    def is_weighted(mod):
        return isinstance(mod, Linear) or isinstance(mod, Conv2d)

    @staticmethod
    def is_norm(mod):
        return isinstance(mod, BatchNorm1d) or isinstance(mod, BatchNorm2d)

    def decide(self, index, weight):
        size = weight.shape[0]
        return choose_mask(_measure(weight, self.norm), drop_count(self.ratio, size))

    def fan_out(self, length):
        times = length // self.current.shape[0]
        return np.broadcast_to(self.current[:, None], (self.current.shape[0], times)).ravel()

    def weighted(self, index, mod):
        ranked = self.decide(index, mod.weight)
        bits = np.full(len(ranked), True) if index == self.output else ranked
        smaller = mod.weight
        if self.current is not None:
            smaller = np.compress(self.fan_out(smaller.shape[1]), smaller, axis=1)
        result = copy.deepcopy(mod)
        result.weight = np.compress(bits, smaller, axis=0)
        if mod.bias is not None:
            result.bias = np.compress(bits, mod.bias)
        self.masks[f"{index}.weight"] = bits
        self.current = ranked
        return result

    def normalised(self, mod):
        result = copy.deepcopy(mod)
        if self.current is not None:
            chosen = self.fan_out(mod.num_features)
            result.weight = np.compress(chosen, mod.weight)
            result.bias = np.compress(chosen, mod.bias)
            result.running_mean = np.compress(chosen, mod.running_mean)
            result.running_var = np.compress(chosen, mod.running_var)
        return result

    def operate(self):
        assembled = []
        for index, mod in enumerate(self.model):
            if self.is_weighted(mod):
                assembled.append(self.weighted(index, mod))
            elif self.is_norm(mod):
                assembled.append(self.normalised(mod))
            else:
                assembled.append(copy.deepcopy(mod))
        return Sequential(assembled), self.masks


def prune_structured(model, ratio, norm=1):
    if norm not in (1, 2) or not (0.0 <= ratio < 1.0):
        raise ValueError(f"cannot prune with ratio={ratio!r}, norm={norm!r}")
    return Cutter(model, ratio, norm).operate()


def _measure(weight, norm):
    strength = {1: lambda row: float(np.abs(row).sum()), 2: lambda row: math.sqrt(float(row @ row))}[norm]
    return [strength(row.astype(np.float64).ravel()) for row in weight]


def drop_count(ratio, n):
    return min(int(Fraction(repr(ratio)) * n), n - 1)


def choose_mask(scores, k):
    on = np.ones(len(scores), dtype=bool)
    on[np.argsort(scores)[:k]] = False
    return on
