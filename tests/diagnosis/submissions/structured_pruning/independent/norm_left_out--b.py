"""Make a network narrower: prune_structured(model, ratio, norm)."""

import copy
import math
from fractions import Fraction
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Sequential


def choose_mask(scores, k):
    position = np.empty(len(scores), dtype=int)
    position[np.argsort(scores, kind="mergesort")] = np.arange(len(scores))
    return position >= k


def how_many(ratio, n):
    return min(int(Fraction(repr(ratio)) * n), n - 1)


def row_norms(weight):
    return [math.fsum(map(abs, row.ravel().tolist())) for row in weight]


def refuse_bad(ratio):
    if math.isnan(ratio) or not 0.0 <= ratio < 1.0:
        raise ValueError("ratio: %r" % ratio)


class Cutter:
    def __init__(self, model, ratio):
        self.model = model
        self.ratio = ratio
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
        return choose_mask(row_norms(weight), how_many(self.ratio, size))

    def fan_out(self, length):
        times = length // self.current.shape[0]
        return np.broadcast_to(self.current[:, None], (self.current.shape[0], times)).ravel()

    def weighted(self, index, mod):
        bits = self.decide(index, mod.weight)
        smaller = mod.weight
        if self.current is not None:
            smaller = np.compress(self.fan_out(smaller.shape[1]), smaller, axis=1)
        result = copy.deepcopy(mod)
        result.weight = np.compress(bits, smaller, axis=0)
        if mod.bias is not None:
            result.bias = np.compress(bits, mod.bias)
        self.masks[f"{index}.weight"] = bits
        self.current = bits
        return result

    def normalised(self, mod):
        result = copy.deepcopy(mod)
        if self.current is not None:
            plan = self.fan_out(mod.num_features)
            result.weight = np.compress(plan, mod.weight)
            result.bias = np.compress(plan, mod.bias)
            result.running_mean = np.compress(plan, mod.running_mean)
            result.running_var = np.compress(plan, mod.running_var)
        return result

    def operate(self):
        new_layers = []
        for index, mod in enumerate(self.model):
            if self.is_weighted(mod):
                new_layers.append(self.weighted(index, mod))
            elif self.is_norm(mod):
                new_layers.append(self.normalised(mod))
            else:
                new_layers.append(copy.deepcopy(mod))
        return Sequential(new_layers), self.masks


def prune_structured(model, ratio):
    refuse_bad(ratio)
    return Cutter(model, ratio).operate()
