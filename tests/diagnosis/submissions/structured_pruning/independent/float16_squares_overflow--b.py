"""Channel pruning for plain NumPy networks."""

import math
from fractions import Fraction
import numpy as np

from judge import nn


def doomed(scores, k):
    return np.sort(np.argpartition(np.asarray(scores), k)[:k])


def _measure(weight, norm):
    result = []
    for row in weight:
        powers = np.abs(row) if norm == 1 else row * row
        count = math.fsum(powers.ravel().tolist())
        result.append(count if norm == 1 else math.sqrt(count))
    return result


def quota(ratio, n):
    return min(int(Fraction(repr(ratio)) * n), n - 1)


def prune_structured(model, ratio, norm=1):
    if not (ratio >= 0.0 and ratio < 1.0):
        raise ValueError("ratio out of range")
    if norm not in {1, 2}:
        raise ValueError("only the L1 and L2 norms are known")
    where = []
    for number, given in enumerate(model.layers):
        if isinstance(given, nn.Linear) or isinstance(given, nn.Conv2d):
            where.append(number)

    result = model.copy()
    masks = {}
    cut_set = set()
    channels = 0  # none before the first weighted layer
    for number, given in enumerate(model.layers):
        fresh = result.layers[number]
        if number in where:
            n_out = given.weight.shape[0]
            ins = given.weight.shape[1]
            if channels:
                block = ins // channels
                columns = [f for f in range(ins) if f // block not in cut_set]
            else:
                columns = list(range(ins))
            cut_set = set()
            if number != where[-1]:
                cut_set = set(int(c) for c in doomed(_measure(given.weight, norm), quota(ratio, n_out)))
            rows = [c for c in range(n_out) if c not in cut_set]
            fresh.weight = given.weight[np.ix_(rows, columns)]
            if given.bias is not None:
                fresh.bias = given.bias[rows]
            masks["{}.weight".format(number)] = np.array([c not in cut_set for c in range(n_out)])
            channels = n_out
        elif isinstance(given, (nn.BatchNorm1d, nn.BatchNorm2d)) and channels:
            entries = given.weight.shape[0]
            block = entries // channels
            kept = [f for f in range(entries) if f // block not in cut_set]
            fresh.weight = given.weight[kept]
            fresh.bias = given.bias[kept]
            fresh.running_mean = given.running_mean[kept]
            fresh.running_var = given.running_var[kept]
    return result, masks
