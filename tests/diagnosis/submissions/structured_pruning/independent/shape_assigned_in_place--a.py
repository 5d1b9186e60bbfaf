"""Make a network narrower: prune_structured(model, ratio, norm)."""

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
        self.output = [i for i, part in enumerate(model) if self.is_weighted(part)][-1]

    @staticmethod
    def is_weighted(part):
        return isinstance(part, Linear) or isinstance(part, Conv2d)

    @staticmethod
    def is_norm(part):
        return isinstance(part, BatchNorm1d) or isinstance(part, BatchNorm2d)

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

    def normalised(self, part):
        result = copy.deepcopy(part)
        if self.current is not None:
            plan = self.fan_out(part.num_features)
            result.weight = np.compress(plan, part.weight)
            result.bias = np.compress(plan, part.bias)
            result.running_mean = np.compress(plan, part.running_mean)
            result.running_var = np.compress(plan, part.running_var)
        return result

    def operate(self):
        assembled = []
        for index, part in enumerate(self.model):
            if self.is_weighted(part):
                assembled.append(self.weighted(index, part))
            elif self.is_norm(part):
                assembled.append(self.normalised(part))
            else:
                assembled.append(copy.deepcopy(part))
        return Sequential(assembled), self.masks


def prune_structured(model, ratio, norm=1):
    _verify(ratio, norm)
    return Cutter(model, ratio, norm).operate()


def _verify(ratio, norm):
    if not 0 <= ratio < 1:
        raise ValueError(f"ratio must lie in [0, 1), not {ratio}")
    if norm not in (1, 2):
        raise ValueError(f"norm must be 1 or 2, not {norm}")


def survivor_flags(scores, k):
    weakest = set(sorted(range(len(scores)), key=lambda c: (scores[c], c))[:k])
    return np.array([c not in weakest for c in range(len(scores))])


def victims(ratio, n):
    staying = n - math.floor(Fraction(repr(ratio)) * n)
    return n - max(staying, 1)


def row_norms(weight, norm):
    values = np.abs(weight).astype(np.float64)
    values.shape = (weight.shape[0], -1)
    if norm == 1:
        return values.sum(axis=1)
    return np.sqrt((values ** 2).sum(axis=1))
