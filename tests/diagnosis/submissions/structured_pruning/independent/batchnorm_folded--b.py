"""Drop output channels by magnitude and rewire what reads them."""

import math
from decimal import Decimal
import numpy as np

from judge import nn


def refuse_bad(ratio, norm):
    problems = []
    if not math.isfinite(ratio) or not 0 <= ratio < 1:
        problems.append("ratio")
    if norm not in [1, 2]:
        problems.append("norm")
    if problems:
        raise ValueError("invalid: " + ", ".join(problems))


def row_norms(weight, norm):
    result = []
    for row in weight:
        values = row.ravel().tolist()
        if norm == 1:
            result.append(math.fsum(abs(v) for v in values))
        else:
            result.append(math.sqrt(math.fsum(v * v for v in values)))
    return result


def victims(ratio, n):
    wanted = math.floor(Decimal(repr(ratio)) * Decimal(n))
    if wanted >= n:
        wanted = n - 1
    return wanted


def losers(scores, k):
    return np.sort(np.argpartition(np.asarray(scores), k)[:k])


def prune_structured(model, ratio, norm=1):
    refuse_bad(ratio, norm)
    positions = []
    for number, module in enumerate(model.layers):
        if isinstance(module, nn.Linear) or isinstance(module, nn.Conv2d):
            positions.append(number)

    result = model.copy()
    masks = {}
    cut_set = set()
    channels = 0  # none before the first weighted layer
    for number, module in enumerate(model.layers):
        dest = result.layers[number]
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
                cut_set = set(int(c) for c in losers(row_norms(module.weight, norm), victims(ratio, height)))
            rows = [c for c in range(height) if c not in cut_set]
            dest.weight = module.weight[np.ix_(rows, columns)]
            if module.bias is not None:
                dest.bias = module.bias[rows]
            masks["{}.weight".format(number)] = np.array([c not in cut_set for c in range(height)])
            channels = height
        elif isinstance(module, (nn.BatchNorm1d, nn.BatchNorm2d)) and channels:
            entries = module.weight.shape[0]
            block = entries // channels
            kept = [f for f in range(entries) if f // block not in cut_set]
            dest.weight = module.weight[kept]
            dest.bias = module.bias[kept]
            dest.running_mean = module.running_mean[kept]
            dest.running_var = module.running_var[kept]
    merged = []
    for unit in result.layers:
        before = merged[-1] if merged else None
        if isinstance(unit, (nn.BatchNorm1d, nn.BatchNorm2d)) and isinstance(before, (nn.Linear, nn.Conv2d)):
            factor = unit.weight / np.sqrt(unit.running_var + unit.eps)
            shift = unit.bias - unit.running_mean * factor
            if before.bias is not None:
                shift = shift + before.bias * factor
            before.weight = np.stack([row * f for row, f in zip(before.weight, factor)])
            before.bias = shift.astype(before.weight.dtype)
            continue
        merged.append(unit)
    return nn.Sequential(merged), masks
