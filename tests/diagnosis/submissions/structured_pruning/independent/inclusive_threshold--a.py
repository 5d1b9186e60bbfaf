"""Cut weak filters out of a network, layer by layer."""

import copy
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
        return keep_mask(magnitudes(weight, self.norm), _k_for(self.ratio, size))

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
    if not (ratio >= 0.0 and ratio < 1.0):
        raise ValueError("ratio out of range")
    if norm not in {1, 2}:
        raise ValueError("only the L1 and L2 norms are known")
    return Surgeon(model, ratio, norm).operate()


def magnitudes(weight, norm):
    rows = np.asarray(weight, dtype=np.float64).reshape(len(weight), -1)
    return np.linalg.norm(rows, ord=norm, axis=1)


def keep_mask(scores, k):
    scores = np.asarray(scores)
    threshold = np.sort(scores)[k]
    on = ~(scores <= threshold)
    if not on.any():
        on[scores.argmax()] = True
    return on


def _k_for(ratio, n):
    top, bottom = Fraction(repr(ratio)).as_integer_ratio()
    whole, rest = divmod(top * n, bottom)
    if rest:
        whole += 1
    return whole if whole < n else n - 1
