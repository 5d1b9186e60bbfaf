"""Cut weak filters out of a network, layer by layer."""

import math
from decimal import Decimal
import numpy as np

import judge.nn as nn


def importance(weight, norm):
    power = np.abs(weight.astype(float)) ** norm
    return power.reshape(power.shape[0], -1).sum(axis=1) ** (1.0 / norm)


def victims(ratio, n):
    wanted = math.floor(Decimal(repr(ratio)) * Decimal(n))
    if wanted >= n:
        wanted = n - 1
    return wanted


def to_remove(scores, k):
    ranking = sorted((score, c) for c, score in enumerate(scores))
    return sorted(c for _, c in ranking[:k])


def prune_structured(model, ratio, norm=1):
    if norm not in (1, 2) or not (0.0 <= ratio < 1.0):
        raise ValueError(f"cannot prune with ratio={ratio!r}, norm={norm!r}")
    positions = []
    for number, unit in enumerate(model.layers):
        if isinstance(unit, nn.Linear) or isinstance(unit, nn.Conv2d):
            positions.append(number)

    result = model.copy()
    masks = {}
    lost = set()
    channels = 0  # none before the first weighted layer
    for number, unit in enumerate(model.layers):
        target = result.layers[number]
        if number in positions:
            outs = unit.weight.shape[0]
            ins = unit.weight.shape[1]
            if channels:
                block = ins // channels
                columns = [f for f in range(ins) if f // block not in lost]
            else:
                columns = list(range(ins))
            lost = set()
            if number != positions[0] and number != positions[-1]:
                lost = set(int(c) for c in to_remove(importance(unit.weight, norm), victims(ratio, outs)))
            rows = [c for c in range(outs) if c not in lost]
            target.weight = unit.weight[np.ix_(rows, columns)]
            if unit.bias is not None:
                target.bias = unit.bias[rows]
            masks["{}.weight".format(number)] = np.array([c not in lost for c in range(outs)])
            channels = outs
        elif isinstance(unit, (nn.BatchNorm1d, nn.BatchNorm2d)) and channels:
            entries = unit.weight.shape[0]
            block = entries // channels
            stay = [f for f in range(entries) if f // block not in lost]
            target.weight = unit.weight[stay]
            target.bias = unit.bias[stay]
            target.running_mean = unit.running_mean[stay]
            target.running_var = unit.running_var[stay]
    return result, masks
