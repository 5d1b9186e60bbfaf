"""Remove the channels with the smallest norms and return the smaller network with its masks."""

import math
from decimal import ROUND_FLOOR, Decimal
import numpy as np

from judge import nn


def row_norms(weight, norm):
    return [float(np.linalg.norm(np.asarray(row, dtype=float).ravel(), ord=norm)) for row in weight]


def to_remove(scores, k):
    return np.sort(np.argsort(scores, kind="stable")[:k])


def how_many(ratio, n):
    exact = Decimal(repr(ratio)) * n
    return min(int(exact.to_integral_value(rounding=ROUND_FLOOR)), n - 1)


def prune_structured(model, ratio, norm=1):
    if math.isnan(ratio) or ratio < 0 or ratio >= 1:
        raise ValueError("ratio")
    where = []
    for number, module in enumerate(model.layers):
        if isinstance(module, nn.Linear) or isinstance(module, nn.Conv2d):
            where.append(number)

    result = model.copy()
    masks = {}
    lost = set()
    channels = 0  # none before the first weighted layer
    for number, module in enumerate(model.layers):
        target = result.layers[number]
        if number in where:
            n_out = module.weight.shape[0]
            ins = module.weight.shape[1]
            if channels:
                block = ins // channels
                columns = [f for f in range(ins) if f // block not in lost]
            else:
                columns = list(range(ins))
            lost = set()
            if number != where[-1]:
                lost = set(int(c) for c in to_remove(row_norms(module.weight, norm), how_many(ratio, n_out)))
            rows = [c for c in range(n_out) if c not in lost]
            target.weight = module.weight[np.ix_(rows, columns)]
            if module.bias is not None:
                target.bias = module.bias[rows]
            masks["{}.weight".format(number)] = np.array([c not in lost for c in range(n_out)])
            channels = n_out
        elif isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)) and channels:
            entries = module.weight.shape[0]
            block = entries // channels
            kept = [f for f in range(entries) if f // block not in lost]
            target.weight = module.weight[kept]
            target.bias = module.bias[kept]
            target.running_mean = module.running_mean[kept]
            target.running_var = module.running_var[kept]
    return result, masks
