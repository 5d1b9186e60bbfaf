"""Channel pruning for plain NumPy networks."""

import math
from fractions import Fraction
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


def filter_norms(weight, norm):
    strength = {1: lambda row: float(np.abs(row).sum()), 2: lambda row: math.sqrt(float(row @ row))}[norm]
    return [strength(row.astype(np.float64).ravel()) for row in weight]


def quota(ratio, n):
    return min(int(Fraction(repr(ratio)) * n), n - 1)


def check_arguments(ratio, norm):
    if not 0 <= ratio < 1:
        raise ValueError(f"ratio must lie in [0, 1), not {ratio}")
    if norm not in (1, 2):
        raise ValueError(f"norm must be 1 or 2, not {norm}")


def losers(scores, k):
    ranking = sorted((score, c) for c, score in enumerate(scores))
    return sorted(c for _, c in ranking[:k])


def prune_structured(model, ratio, norm=1):
    check_arguments(ratio, norm)
    where = []
    for number, module in enumerate(model.layers):
        if isinstance(module, Linear) or isinstance(module, Conv2d):
            where.append(number)

    result = model.copy()
    masks = {}
    removed = set()
    channels = 0  # none before the first weighted layer
    for number, module in enumerate(model.layers):
        fresh = result.layers[number]
        if number in where:
            outs = module.weight.shape[0]
            ins = module.weight.shape[1]
            if channels:
                block = ins // (channels - len(removed)) if ins != channels else 1
                columns = [f for f in range(ins) if f // block not in removed]
            else:
                columns = list(range(ins))
            removed = set()
            if number != where[-1]:
                removed = set(int(c) for c in losers(filter_norms(module.weight, norm), quota(ratio, outs)))
            rows = [c for c in range(outs) if c not in removed]
            fresh.weight = module.weight[np.ix_(rows, columns)]
            if module.bias is not None:
                fresh.bias = module.bias[rows]
            masks["{}.weight".format(number)] = np.array([c not in removed for c in range(outs)])
            channels = outs
        elif isinstance(module, (BatchNorm1d, BatchNorm2d)) and channels:
            entries = module.weight.shape[0]
            block = entries // channels
            good = [f for f in range(entries) if f // block not in removed]
            fresh.weight = module.weight[good]
            fresh.bias = module.bias[good]
            fresh.running_mean = module.running_mean[good]
            fresh.running_var = module.running_var[good]
    return result, masks
