"""Cut weak filters out of a network, layer by layer."""

import copy
import math
from decimal import Decimal
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Sequential


class Cutter:
    memory = {}

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
        known = self.memory.get((self.norm, *weight.shape))
        if known is None:
            known = self.memory[(self.norm, *weight.shape)] = _measure(weight, self.norm)
        return keep_mask(known, _k_for(self.ratio, size))

    def fan_out(self, length):
        times = length // self.current.shape[0]
        return np.broadcast_to(self.current[:, None], (self.current.shape[0], times)).ravel()

    def weighted(self, index, part):
        flags = self.decide(index, part.weight)
        smaller = part.weight
        if self.current is not None:
            smaller = np.compress(self.fan_out(smaller.shape[1]), smaller, axis=1)
        result = copy.deepcopy(part)
        result.weight = np.compress(flags, smaller, axis=0)
        if part.bias is not None:
            result.bias = np.compress(flags, part.bias)
        self.masks[f"{index}.weight"] = flags
        self.current = flags
        return result

    def normalised(self, part):
        result = copy.deepcopy(part)
        if self.current is not None:
            rows_of = self.fan_out(part.num_features)
            result.weight = np.compress(rows_of, part.weight)
            result.bias = np.compress(rows_of, part.bias)
            result.running_mean = np.compress(rows_of, part.running_mean)
            result.running_var = np.compress(rows_of, part.running_var)
        return result

    def operate(self):
        parts = []
        for index, part in enumerate(self.model):
            if self.is_weighted(part):
                parts.append(self.weighted(index, part))
            elif self.is_norm(part):
                parts.append(self.normalised(part))
            else:
                parts.append(copy.deepcopy(part))
        return Sequential(parts), self.masks


def prune_structured(model, ratio, norm=1):
    _verify(ratio, norm)
    return Cutter(model, ratio, norm).operate()


def keep_mask(scores, k):
    position = np.empty(len(scores), dtype=int)
    position[np.argsort(scores, kind="mergesort")] = np.arange(len(scores))
    return position >= k


def _measure(weight, norm):
    rows = np.asarray(weight, dtype=np.float64).reshape(len(weight), -1)
    return np.linalg.norm(rows, ord=norm, axis=1)


def _k_for(ratio, n):
    return min(math.ceil(Decimal(repr(ratio)) * n), n - 1)


def _verify(ratio, norm):
    if not 0 <= ratio < 1:
        raise ValueError(f"ratio must lie in [0, 1), not {ratio}")
    if norm not in (1, 2):
        raise ValueError(f"norm must be 1 or 2, not {norm}")
