"""Make a network narrower: prune_structured(model, ratio, norm)."""

import math
from decimal import Decimal
import numpy as np

import judge.nn as nn


def doomed(scores, k):
    ranking = sorted((score, c) for c, score in enumerate(scores))
    return sorted(c for _, c in ranking[:k])


def validate(ratio, norm):
    if math.isnan(ratio) or math.isinf(ratio) or ratio < 0 or ratio >= 1:
        raise ValueError("bad ratio: %r" % (ratio,))
    if norm != 1 and norm != 2:
        raise ValueError("bad norm: %r" % (norm,))


def victims(ratio, n):
    wanted = math.floor(Decimal(repr(ratio)) * Decimal(n))
    if wanted >= n:
        wanted = n - 1
    return wanted


def strengths(weight, norm):
    flat = np.abs(weight.astype(np.float64)).reshape(weight.shape[0], -1)
    if norm == 1:
        return flat.sum(axis=1)
    return np.sqrt((flat * flat).sum(axis=1))


def prune_structured(model, ratio, norm=1):
    validate(ratio, norm)
    where = []
    for number, given in enumerate(model.layers):
        if isinstance(given, nn.Linear) or isinstance(given, nn.Conv2d):
            where.append(number)

    result = model
    masks = {}
    removed = set()
    channels = 0  # none before the first weighted layer
    for number, given in enumerate(model.layers):
        dest = result.layers[number]
        if number in where:
            outs = given.weight.shape[0]
            ins = given.weight.shape[1]
            if channels:
                block = ins // channels
                columns = [f for f in range(ins) if f // block not in removed]
            else:
                columns = list(range(ins))
            removed = set()
            if number != where[-1]:
                removed = set(int(c) for c in doomed(strengths(given.weight, norm), victims(ratio, outs)))
            rows = [c for c in range(outs) if c not in removed]
            dest.weight = given.weight[np.ix_(rows, columns)]
            if given.bias is not None:
                dest.bias = given.bias[rows]
            masks["{}.weight".format(number)] = np.array([c not in removed for c in range(outs)])
            channels = outs
        elif isinstance(given, (nn.BatchNorm1d, nn.BatchNorm2d)) and channels:
            entries = given.weight.shape[0]
            block = entries // channels
            good = [f for f in range(entries) if f // block not in removed]
            dest.weight = given.weight[good]
            dest.bias = given.bias[good]
            dest.running_mean = given.running_mean[good]
            dest.running_var = given.running_var[good]
    return result, masks
