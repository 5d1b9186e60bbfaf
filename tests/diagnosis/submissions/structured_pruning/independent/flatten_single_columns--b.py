"""Make a network narrower: prune_structured(model, ratio, norm)."""

import math
from decimal import Decimal
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


def row_norms(weight, norm):
    power = np.abs(weight.astype(float)) ** norm
    return power.reshape(power.shape[0], -1).sum(axis=1) ** (1.0 / norm)


def guard(ratio, norm):
    problems = []
    if not math.isfinite(ratio) or not 0 <= ratio < 1:
        problems.append("ratio")
    if norm not in [1, 2]:
        problems.append("norm")
    if problems:
        raise ValueError("invalid: " + ", ".join(problems))


def victims(ratio, n):
    wanted = math.floor(Decimal(repr(ratio)) * Decimal(n))
    if wanted >= n:
        wanted = n - 1
    return wanted


def losers(scores, k):
    ranking = sorted((score, c) for c, score in enumerate(scores))
    return sorted(c for _, c in ranking[:k])


def prune_structured(model, ratio, norm=1):
    guard(ratio, norm)
    slots = []
    for number, module in enumerate(model.layers):
        if isinstance(module, Linear) or isinstance(module, Conv2d):
            slots.append(number)

    result = model.copy()
    masks = {}
    removed = set()
    channels = 0  # none before the first weighted layer
    for number, module in enumerate(model.layers):
        target = result.layers[number]
        if number in slots:
            height = module.weight.shape[0]
            ins = module.weight.shape[1]
            columns = [f for f in range(ins) if f not in removed]
            removed = set()
            if number != slots[-1]:
                removed = set(int(c) for c in losers(row_norms(module.weight, norm), victims(ratio, height)))
            rows = [c for c in range(height) if c not in removed]
            target.weight = module.weight[np.ix_(rows, columns)]
            if module.bias is not None:
                target.bias = module.bias[rows]
            masks["{}.weight".format(number)] = np.array([c not in removed for c in range(height)])
            channels = height
        elif isinstance(module, (BatchNorm1d, BatchNorm2d)) and channels:
            entries = module.weight.shape[0]
            block = entries // channels
            stay = [f for f in range(entries) if f // block not in removed]
            target.weight = module.weight[stay]
            target.bias = module.bias[stay]
            target.running_mean = module.running_mean[stay]
            target.running_var = module.running_var[stay]
    return result, masks
