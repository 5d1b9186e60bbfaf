"""Remove the channels with the smallest norms and return the smaller network with its masks."""

import math
from decimal import Decimal
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


def importance(rows, norm):
    answer = []
    for row in rows:
        count = 0.0
        for v in row.ravel().tolist():
            count += abs(v) if norm == 1 else v * v
        answer.append(count if norm == 1 else math.sqrt(count))
    return answer


def refuse_bad(ratio, norm):
    if not 0 <= ratio < 1:
        raise ValueError(f"ratio must lie in [0, 1), not {ratio}")
    if norm not in (1, 2):
        raise ValueError(f"norm must be 1 or 2, not {norm}")


def losers(weight, norm, k):
    left = list(range(len(weight)))
    out = []
    while len(out) < k:
        norms = importance([weight[c] for c in left], norm)
        worst = norms.index(min(norms))
        out.append(left.pop(worst))
    return out


def drop_count(ratio, n):
    wanted = math.floor(Decimal(repr(ratio)) * Decimal(n))
    if wanted >= n:
        wanted = n - 1
    return wanted


def prune_structured(model, ratio, norm=1):
    refuse_bad(ratio, norm)
    positions = []
    for number, module in enumerate(model.layers):
        if isinstance(module, Linear) or isinstance(module, Conv2d):
            positions.append(number)

    result = model.copy()
    masks = {}
    removed = set()
    channels = 0  # none before the first weighted layer
    for number, module in enumerate(model.layers):
        target = result.layers[number]
        if number in positions:
            height = module.weight.shape[0]
            ins = module.weight.shape[1]
            if channels:
                block = ins // channels
                columns = [f for f in range(ins) if f // block not in removed]
            else:
                columns = list(range(ins))
            removed = set()
            if number != positions[-1]:
                removed = set(int(c) for c in losers(module.weight, norm, drop_count(ratio, height)))
            rows = [c for c in range(height) if c not in removed]
            target.weight = module.weight[np.ix_(rows, columns)]
            if module.bias is not None:
                target.bias = module.bias[rows]
            masks["{}.weight".format(number)] = np.array([c not in removed for c in range(height)])
            channels = height
        elif isinstance(module, (BatchNorm1d, BatchNorm2d)) and channels:
            entries = module.weight.shape[0]
            block = entries // channels
            good = [f for f in range(entries) if f // block not in removed]
            target.weight = module.weight[good]
            target.bias = module.bias[good]
            target.running_mean = module.running_mean[good]
            target.running_var = module.running_var[good]
    return result, masks
