"""Drop output channels by magnitude and rewire what reads them."""

import math
from decimal import Decimal
import numpy as np

import judge.nn as nn


def doomed(scores, k):
    return np.sort(np.argsort(scores, kind="stable")[:k])


def _k_for(ratio, n):
    return min(math.ceil(Decimal(repr(ratio)) * n), n - 1)


def _verify(ratio, norm):
    problems = []
    if not math.isfinite(ratio) or not 0 <= ratio < 1:
        problems.append("ratio")
    if norm not in [1, 2]:
        problems.append("norm")
    if problems:
        raise ValueError("invalid: " + ", ".join(problems))


def filter_norms(weight, norm):
    axes = tuple(range(1, weight.ndim))
    precise = weight.astype("f8")
    if norm == 2:
        return np.sqrt(np.square(precise).sum(axis=axes))
    return np.absolute(precise).sum(axis=axes)


def prune_structured(model, ratio, norm=1):
    _verify(ratio, norm)
    positions = []
    for number, module in enumerate(model.layers):
        if isinstance(module, nn.Linear) or isinstance(module, nn.Conv2d):
            positions.append(number)

    result = model.copy()
    masks = {}
    cut_set = set()
    if len(positions) > 1:
        first = model.layers[positions[0]].weight
        cut_set = set(int(c) for c in doomed(filter_norms(first, norm), _k_for(ratio, first.shape[0])))
    channels = 0
    for number, module in enumerate(model.layers):
        fresh = result.layers[number]
        if number in positions:
            height = module.weight.shape[0]
            ins = module.weight.shape[1]
            if channels:
                block = ins // channels
                columns = [f for f in range(ins) if f // block not in cut_set]
            else:
                columns = list(range(ins))
            cut_set = set()
            if number != positions[-1]:
                cut_set = set(int(c) for c in doomed(filter_norms(module.weight, norm), _k_for(ratio, height)))
            rows = [c for c in range(height) if c not in cut_set]
            fresh.weight = module.weight[np.ix_(rows, columns)]
            if module.bias is not None:
                fresh.bias = module.bias[rows]
            masks["{}.weight".format(number)] = np.array([c not in cut_set for c in range(height)])
            channels = height
        elif isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)):
            entries = module.weight.shape[0]
            block = entries // channels if channels else 1
            stay = [f for f in range(entries) if f // block not in cut_set]
            fresh.weight = module.weight[stay]
            fresh.bias = module.bias[stay]
            fresh.running_mean = module.running_mean[stay]
            fresh.running_var = module.running_var[stay]
    return result, masks
