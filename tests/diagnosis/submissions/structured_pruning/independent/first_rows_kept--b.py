"""Make a network narrower: prune_structured(model, ratio, norm)."""

import copy
import math
from decimal import ROUND_FLOOR, Decimal
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Sequential


def select(scores, k):
    position = np.empty(len(scores), dtype=int)
    position[np.argsort(scores, kind="mergesort")] = np.arange(len(scores))
    return position >= k


def refuse_bad(ratio, norm):
    problems = []
    if not math.isfinite(ratio) or not 0 <= ratio < 1:
        problems.append("ratio")
    if norm not in [1, 2]:
        problems.append("norm")
    if problems:
        raise ValueError("invalid: " + ", ".join(problems))


def importance(weight, norm):
    rows = np.asarray(weight, dtype=np.float64).reshape(len(weight), -1)
    return np.linalg.norm(rows, ord=norm, axis=1)


def quota(ratio, n):
    exact = Decimal(repr(ratio)) * n
    return min(int(exact.to_integral_value(rounding=ROUND_FLOOR)), n - 1)


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
        return select(importance(weight, self.norm), quota(self.ratio, size))

    def fan_out(self, length):
        times = length // self.current.shape[0]
        return np.broadcast_to(self.current[:, None], (self.current.shape[0], times)).ravel()

    def weighted(self, index, part):
        flags = self.decide(index, part.weight)
        smaller = part.weight
        if self.current is not None:
            smaller = np.compress(self.fan_out(smaller.shape[1]), smaller, axis=1)
        result = copy.deepcopy(part)
        remaining = int(flags.sum())
        result.weight = smaller[:remaining]
        if part.bias is not None:
            result.bias = part.bias[:remaining]
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
        new_layers = []
        for index, part in enumerate(self.model):
            if self.is_weighted(part):
                new_layers.append(self.weighted(index, part))
            elif self.is_norm(part):
                new_layers.append(self.normalised(part))
            else:
                new_layers.append(copy.deepcopy(part))
        return Sequential(new_layers), self.masks


def prune_structured(model, ratio, norm=1):
    refuse_bad(ratio, norm)
    return Surgeon(model, ratio, norm).operate()
