"""Channel pruning for plain NumPy networks."""

import copy
import math
from decimal import Decimal
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Sequential


def _measure(weight, norm):
    axes = tuple(range(1, weight.ndim))
    precise = weight.astype("f8")
    if norm == 2:
        return np.sqrt(np.square(precise).sum(axis=axes))
    return np.absolute(precise).sum(axis=axes)


def drop_count(ratio, n):
    wanted = math.floor(Decimal(repr(ratio)) * Decimal(n))
    if wanted >= n:
        wanted = n - 1
    return wanted


def select(scores, k):
    weakest = set(sorted(range(len(scores)), key=lambda c: (scores[c], c))[:k])
    return np.array([c not in weakest for c in range(len(scores))])


def refuse_bad(ratio, norm):
    assert not math.isnan(ratio) and ratio >= 0.0 and ratio < 1.0
    if norm not in (1, 2):
        raise ValueError(f"unknown norm {norm}")


class Surgeon:
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
        return select(_measure(weight, self.norm), drop_count(self.ratio, size))

    def fan_out(self, length):
        times = length // self.current.shape[0]
        return np.broadcast_to(self.current[:, None], (self.current.shape[0], times)).ravel()

    def weighted(self, index, part):
        bits = self.decide(index, part.weight)
        smaller = part.weight
        if self.current is not None:
            smaller = np.compress(self.fan_out(smaller.shape[1]), smaller, axis=1)
        result = copy.deepcopy(part)
        result.weight = np.compress(bits, smaller, axis=0)
        if part.bias is not None:
            result.bias = np.compress(bits, part.bias)
        self.masks[f"{index}.weight"] = bits
        self.current = bits
        return result

    def normalised(self, part):
        result = copy.deepcopy(part)
        if self.current is not None:
            chosen = self.fan_out(part.num_features)
            result.weight = np.compress(chosen, part.weight)
            result.bias = np.compress(chosen, part.bias)
            result.running_mean = np.compress(chosen, part.running_mean)
            result.running_var = np.compress(chosen, part.running_var)
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
    refuse_bad(ratio, norm)
    return Surgeon(model, ratio, norm).operate()
