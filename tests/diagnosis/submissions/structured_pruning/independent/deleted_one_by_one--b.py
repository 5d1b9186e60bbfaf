"""Structured pruning by filter norm: whole channels go, everything that follows them goes too."""

import math
from fractions import Fraction
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


def victims(ratio, n):
    return min(int(Fraction(repr(ratio)) * n), n - 1)


def magnitudes(weight, norm):
    power = np.abs(weight.astype(float)) ** norm
    return power.reshape(power.shape[0], -1).sum(axis=1) ** (1.0 / norm)


def to_remove(scores, k):
    return np.sort(np.argpartition(np.asarray(scores), k)[:k])


def check_arguments(ratio, norm):
    if math.isnan(ratio) or math.isinf(ratio) or ratio < 0 or ratio >= 1:
        raise ValueError("bad ratio: %r" % (ratio,))
    if norm != 1 and norm != 2:
        raise ValueError("bad norm: %r" % (norm,))


def prune_structured(model, ratio, norm=1):
    check_arguments(ratio, norm)
    where = []
    for number, unit in enumerate(model.layers):
        if isinstance(unit, Linear) or isinstance(unit, Conv2d):
            where.append(number)

    result = model.copy()
    masks = {}
    cut_set = set()
    channels = 0  # none before the first weighted layer
    for number, unit in enumerate(model.layers):
        dest = result.layers[number]
        if number in where:
            n_out = unit.weight.shape[0]
            ins = unit.weight.shape[1]
            if channels:
                block = ins // channels
                columns = [f for f in range(ins) if f // block not in cut_set]
            else:
                columns = list(range(ins))
            cut_set = set()
            if number != where[-1]:
                cut_set = set(int(c) for c in to_remove(magnitudes(unit.weight, norm), victims(ratio, n_out)))
            rows = list(range(n_out))
            for c in sorted(cut_set):
                del rows[c]
            dest.weight = unit.weight[np.ix_(rows, columns)]
            if unit.bias is not None:
                dest.bias = unit.bias[rows]
            masks["{}.weight".format(number)] = np.array([c not in cut_set for c in range(n_out)])
            channels = n_out
        elif isinstance(unit, (BatchNorm1d, BatchNorm2d)) and channels:
            entries = unit.weight.shape[0]
            block = entries // channels
            good = [f for f in range(entries) if f // block not in cut_set]
            dest.weight = unit.weight[good]
            dest.bias = unit.bias[good]
            dest.running_mean = unit.running_mean[good]
            dest.running_var = unit.running_var[good]
    return result, masks
