"""Prune whole filters, keep the rest as it is."""

import math
from decimal import Decimal
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


def _k_for(ratio, n):
    return min(math.ceil(Decimal(repr(ratio)) * n), n - 1)


def magnitudes(weight, norm):
    flat = np.abs(weight.astype(np.float64)).reshape(weight.shape[0], -1)
    if norm == 1:
        return flat.sum(axis=1)
    return np.sqrt((flat * flat).sum(axis=1))


def weakest(scores, k):
    return np.sort(np.argsort(scores, kind="stable")[:k])


def prune_structured(model, ratio, norm=1):
    if norm not in (1, 2) or not (0.0 <= ratio < 1.0):
        raise ValueError(f"cannot prune with ratio={ratio!r}, norm={norm!r}")
    where = []
    for number, given in enumerate(model.layers):
        if isinstance(given, Linear) or isinstance(given, Conv2d):
            where.append(number)

    dense = [i for i in where if isinstance(model.layers[i], Linear)]
    output = dense[-1] if dense else None
    result = model.copy()
    masks = {}
    removed = set()
    channels = 0  # none before the first weighted layer
    for number, given in enumerate(model.layers):
        target = result.layers[number]
        if number in where:
            outs = given.weight.shape[0]
            ins = given.weight.shape[1]
            if channels:
                block = ins // channels
                columns = [f for f in range(ins) if f // block not in removed]
            else:
                columns = list(range(ins))
            removed = set()
            if number != output:
                removed = set(int(c) for c in weakest(magnitudes(given.weight, norm), _k_for(ratio, outs)))
            rows = [c for c in range(outs) if c not in removed]
            target.weight = given.weight[np.ix_(rows, columns)]
            if given.bias is not None:
                target.bias = given.bias[rows]
            masks["{}.weight".format(number)] = np.array([c not in removed for c in range(outs)])
            channels = outs
        elif isinstance(given, (BatchNorm1d, BatchNorm2d)) and channels:
            entries = given.weight.shape[0]
            block = entries // channels
            kept = [f for f in range(entries) if f // block not in removed]
            target.weight = given.weight[kept]
            target.bias = given.bias[kept]
            target.running_mean = given.running_mean[kept]
            target.running_var = given.running_var[kept]
    return result, masks
