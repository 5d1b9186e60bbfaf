"""Prune whole filters, keep the rest as it is."""

import math
from decimal import Decimal
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


def validate(ratio, norm):
    if not 0 <= ratio < 1:
        raise ValueError(f"ratio must lie in [0, 1), not {ratio}")
    if norm not in (1, 2):
        raise ValueError(f"norm must be 1 or 2, not {norm}")


def importance(weight, norm):
    rows = np.asarray(weight, dtype=np.float64).reshape(len(weight), -1)
    return np.linalg.norm(rows, ord=norm, axis=1)


def drop_count(ratio, n):
    return min(math.ceil(Decimal(repr(ratio)) * n), n - 1)


def pick_dead(scores, k):
    return np.sort(np.argsort(scores, kind="stable")[:k])


def prune_structured(model, ratio, norm=1):
    validate(ratio, norm)
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
            height = unit.weight.shape[0]
            ins = unit.weight.shape[1]
            if channels:
                block = ins // channels
                columns = [j * channels + c for c in range(channels) if c not in cut_set for j in range(block)]
            else:
                columns = list(range(ins))
            cut_set = set()
            if number != where[-1]:
                cut_set = set(int(c) for c in pick_dead(importance(unit.weight, norm), drop_count(ratio, height)))
            rows = [c for c in range(height) if c not in cut_set]
            dest.weight = unit.weight[np.ix_(rows, columns)]
            if unit.bias is not None:
                dest.bias = unit.bias[rows]
            masks["{}.weight".format(number)] = np.array([c not in cut_set for c in range(height)])
            channels = height
        elif isinstance(unit, (BatchNorm1d, BatchNorm2d)) and channels:
            entries = unit.weight.shape[0]
            block = entries // channels
            good = [f for f in range(entries) if f // block not in cut_set]
            dest.weight = unit.weight[good]
            dest.bias = unit.bias[good]
            dest.running_mean = unit.running_mean[good]
            dest.running_var = unit.running_var[good]
    return result, masks
