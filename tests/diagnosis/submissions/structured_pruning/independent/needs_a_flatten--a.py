"""Make a network narrower: prune_structured(model, ratio, norm)."""

import math
from fractions import Fraction
import numpy as np

from judge import nn


def pick_dead(scores, k):
    return np.sort(np.argpartition(np.asarray(scores), k)[:k])


def _k_for(ratio, n):
    top, bottom = Fraction(repr(ratio)).as_integer_ratio()
    whole, rest = divmod(top * n, bottom)
    if rest:
        whole += 1
    return whole if whole < n else n - 1


def guard(ratio, norm):
    problems = []
    if not math.isfinite(ratio) or not 0 <= ratio < 1:
        problems.append("ratio")
    if norm not in [1, 2]:
        problems.append("norm")
    if problems:
        raise ValueError("invalid: " + ", ".join(problems))


def strengths(weight, norm):
    flat = np.abs(weight.astype(np.float64)).reshape(weight.shape[0], -1)
    if norm == 1:
        return flat.sum(axis=1)
    return np.sqrt((flat * flat).sum(axis=1))


def prune_structured(model, ratio, norm=1):
    guard(ratio, norm)
    where = []
    for number, module in enumerate(model.layers):
        if isinstance(module, nn.Linear) or isinstance(module, nn.Conv2d):
            where.append(number)

    flat = [i for i, module in enumerate(model.layers) if isinstance(module, nn.Flatten)][0]
    result = model.copy()
    masks = {}
    lost = set()
    channels = 0  # none before the first weighted layer
    for number, module in enumerate(model.layers):
        fresh = result.layers[number]
        if number in where:
            n_out = module.weight.shape[0]
            ins = module.weight.shape[1]
            if channels:
                block = ins // channels if number > flat else 1
                columns = [f for f in range(ins) if f // block not in lost]
            else:
                columns = list(range(ins))
            lost = set()
            if number != where[-1]:
                lost = set(int(c) for c in pick_dead(strengths(module.weight, norm), _k_for(ratio, n_out)))
            rows = [c for c in range(n_out) if c not in lost]
            fresh.weight = module.weight[np.ix_(rows, columns)]
            if module.bias is not None:
                fresh.bias = module.bias[rows]
            masks["{}.weight".format(number)] = np.array([c not in lost for c in range(n_out)])
            channels = n_out
        elif isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)) and channels:
            entries = module.weight.shape[0]
            block = entries // channels if number > flat else 1
            good = [f for f in range(entries) if f // block not in lost]
            fresh.weight = module.weight[good]
            fresh.bias = module.bias[good]
            fresh.running_mean = module.running_mean[good]
            fresh.running_var = module.running_var[good]
    return result, masks
