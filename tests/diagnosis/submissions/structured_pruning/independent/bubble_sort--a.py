"""Remove the channels with the smallest norms and return the smaller network with its masks."""

import math
from decimal import Decimal
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


def strength(row, norm):
    total = 0.0
    for value in row.ravel().tolist():
        total += abs(value) ** norm
    return total ** (1 / norm)


def weakest(weight, norm, k):
    order = list(range(len(weight)))
    for end in range(len(order) - 1, 0, -1):
        for i in range(end):
            if strength(weight[order[i]], norm) > strength(weight[order[i + 1]], norm):
                order[i], order[i + 1] = order[i + 1], order[i]
    return order[:k]


def check_arguments(ratio, norm):
    if math.isnan(ratio) or math.isinf(ratio) or ratio < 0 or ratio >= 1:
        raise ValueError("bad ratio: %r" % (ratio,))
    if norm != 1 and norm != 2:
        raise ValueError("bad norm: %r" % (norm,))


def drop_count(ratio, n):
    return min(math.ceil(Decimal(repr(ratio)) * n), n - 1)


def prune_structured(model, ratio, norm=1):
    check_arguments(ratio, norm)
    positions = []
    for number, unit in enumerate(model.layers):
        if isinstance(unit, Linear) or isinstance(unit, Conv2d):
            positions.append(number)

    result = model.copy()
    masks = {}
    lost = set()
    channels = 0  # none before the first weighted layer
    for number, unit in enumerate(model.layers):
        dest = result.layers[number]
        if number in positions:
            height = unit.weight.shape[0]
            ins = unit.weight.shape[1]
            if channels:
                block = ins // channels
                columns = [f for f in range(ins) if f // block not in lost]
            else:
                columns = list(range(ins))
            lost = set()
            if number != positions[-1]:
                lost = set(int(c) for c in weakest(unit.weight, norm, drop_count(ratio, height)))
            rows = [c for c in range(height) if c not in lost]
            dest.weight = unit.weight[np.ix_(rows, columns)]
            if unit.bias is not None:
                dest.bias = unit.bias[rows]
            masks["{}.weight".format(number)] = np.array([c not in lost for c in range(height)])
            channels = height
        elif isinstance(unit, (BatchNorm1d, BatchNorm2d)) and channels:
            entries = unit.weight.shape[0]
            block = entries // channels
            stay = [f for f in range(entries) if f // block not in lost]
            dest.weight = unit.weight[stay]
            dest.bias = unit.bias[stay]
            dest.running_mean = unit.running_mean[stay]
            dest.running_var = unit.running_var[stay]
    return result, masks
