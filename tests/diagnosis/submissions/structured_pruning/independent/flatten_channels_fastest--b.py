"""Structured pruning by filter norm: whole channels go, everything that follows them goes too."""

import heapq
import math
from fractions import Fraction
import numpy as np

from judge import nn


def to_remove(scores, k):
    return sorted(heapq.nsmallest(k, range(len(scores)), key=lambda c: scores[c]))


def quota(ratio, n):
    staying = n - math.floor(Fraction(repr(ratio)) * n)
    return n - max(staying, 1)


def magnitudes(weight, norm):
    power = np.abs(weight.astype(float)) ** norm
    return power.reshape(power.shape[0], -1).sum(axis=1) ** (1.0 / norm)


def _verify(ratio, norm):
    if not 0 <= ratio < 1:
        raise ValueError(f"ratio must lie in [0, 1), not {ratio}")
    if norm not in (1, 2):
        raise ValueError(f"norm must be 1 or 2, not {norm}")


def prune_structured(model, ratio, norm=1):
    _verify(ratio, norm)
    where = []
    for number, unit in enumerate(model.layers):
        if isinstance(unit, nn.Linear) or isinstance(unit, nn.Conv2d):
            where.append(number)

    result = model.copy()
    masks = {}
    cut_set = set()
    channels = 0  # none before the first weighted layer
    for number, unit in enumerate(model.layers):
        fresh = result.layers[number]
        if number in where:
            height = unit.weight.shape[0]
            ins = unit.weight.shape[1]
            if channels:
                columns = [f for f in range(ins) if f % channels not in cut_set]
            else:
                columns = list(range(ins))
            cut_set = set()
            if number != where[-1]:
                cut_set = set(int(c) for c in to_remove(magnitudes(unit.weight, norm), quota(ratio, height)))
            rows = [c for c in range(height) if c not in cut_set]
            fresh.weight = unit.weight[np.ix_(rows, columns)]
            if unit.bias is not None:
                fresh.bias = unit.bias[rows]
            masks["{}.weight".format(number)] = np.array([c not in cut_set for c in range(height)])
            channels = height
        elif isinstance(unit, (nn.BatchNorm1d, nn.BatchNorm2d)) and channels:
            entries = unit.weight.shape[0]
            good = [f for f in range(entries) if f % channels not in cut_set]
            fresh.weight = unit.weight[good]
            fresh.bias = unit.bias[good]
            fresh.running_mean = unit.running_mean[good]
            fresh.running_var = unit.running_var[good]
    return result, masks
