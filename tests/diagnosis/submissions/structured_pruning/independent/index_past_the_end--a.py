"""Drop output channels by magnitude and rewire what reads them."""

import copy
import math
from fractions import Fraction
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Sequential


class Surgeon:
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
        if index == self.output:
            return np.full(size, True)
        return select(strengths(weight, self.norm), _k_for(self.ratio, size))

    def fan_out(self, length):
        times = length // self.current.shape[0]
        return np.broadcast_to(self.current[:, None], (self.current.shape[0], times)).ravel()

    def weighted(self, index, mod):
        flags = self.decide(index, mod.weight)
        smaller = mod.weight
        if self.current is not None:
            smaller = np.compress(self.fan_out(smaller.shape[1]), smaller, axis=1)
        result = copy.deepcopy(mod)
        result.weight = np.compress(flags, smaller, axis=0)
        if mod.bias is not None:
            result.bias = np.compress(flags, mod.bias)
        self.masks[f"{index}.weight"] = flags
        self.current = flags
        return result

    def normalised(self, mod):
        result = copy.deepcopy(mod)
        if self.current is not None:
            rows_of = self.fan_out(mod.num_features)
            result.weight = np.compress(rows_of, mod.weight)
            result.bias = np.compress(rows_of, mod.bias)
            result.running_mean = np.compress(rows_of, mod.running_mean)
            result.running_var = np.compress(rows_of, mod.running_var)
        return result

    def operate(self):
        parts = []
        for index, mod in enumerate(self.model):
            if self.is_weighted(mod):
                parts.append(self.weighted(index, mod))
            elif self.is_norm(mod):
                parts.append(self.normalised(mod))
            else:
                parts.append(copy.deepcopy(mod))
        return Sequential(parts), self.masks


def prune_structured(model, ratio, norm=1):
    guard(ratio, norm)
    return Surgeon(model, ratio, norm).operate()


def select(scores, k):
    scores = np.asarray(scores)
    threshold = np.sort(scores)[k]
    on = scores >= threshold
    for c in np.flatnonzero(scores == threshold):  # equal ones, where too many are left
        if on.sum() <= scores.size - k:
            break
        on[c] = False
    return on


def guard(ratio, norm):
    problems = []
    if not math.isfinite(ratio) or not 0 <= ratio < 1:
        problems.append("ratio")
    if norm not in [1, 2]:
        problems.append("norm")
    if problems:
        raise ValueError("invalid: " + ", ".join(problems))


def strengths(weight, norm):
    flat = np.abs(weight.astype(np.float64)).reshape(weight.shape[0], -1)
    if norm == 1:
        return flat.sum(axis=1)
    return np.sqrt((flat * flat).sum(axis=1))


def _k_for(ratio, n):
    return math.ceil(Fraction(repr(ratio)) * n)
