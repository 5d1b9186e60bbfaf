"""Sorts the channels with a quadratic sort that compares whole channels, adding up their weights each time."""
import math
from decimal import Decimal

import numpy as np
from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


def size_of(row, norm):
    return sum(abs(v) ** norm for v in row.astype(np.float64).ravel().tolist())


def removed_count(ratio, out):
    return min(math.floor(Decimal(repr(ratio)) * out), out - 1)


def keep_mask(weight, ratio, norm):
    out = weight.shape[0]
    keep = np.ones(out, dtype=bool)
    order = list(range(out))
    for end in range(out - 1, 0, -1):
        for c in range(end):
            if size_of(weight[order[c]], norm) > size_of(weight[order[c + 1]], norm):
                order[c], order[c + 1] = order[c + 1], order[c]
    keep[order[:removed_count(ratio, out)]] = False
    return keep


def spread(keep, size):
    return np.repeat(keep, size // keep.size)


def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1:
        raise ValueError("ratio must be in [0, 1)")
    if norm not in (1, 2):
        raise ValueError("norm must be 1 or 2")
    prunable = [i for i, layer in enumerate(model) if isinstance(layer, (Linear, Conv2d))]
    masks = {}
    for i in prunable:
        weight = model[i].weight
        if i == prunable[-1]:
            masks[f"{i}.weight"] = np.ones(weight.shape[0], dtype=bool)
        else:
            masks[f"{i}.weight"] = keep_mask(weight, ratio, norm)
    smaller = model.copy()
    kept = None
    for i, layer in enumerate(smaller):
        if isinstance(layer, (Linear, Conv2d)):
            if kept is not None:
                layer.weight = layer.weight[:, spread(kept, layer.weight.shape[1])]
            kept = masks[f"{i}.weight"]
            layer.weight = layer.weight[kept]
            if layer.bias is not None:
                layer.bias = layer.bias[kept]
        elif isinstance(layer, (BatchNorm1d, BatchNorm2d)) and kept is not None:
            entries = spread(kept, layer.weight.size)
            layer.weight = layer.weight[entries]
            layer.bias = layer.bias[entries]
            layer.running_mean = layer.running_mean[entries]
            layer.running_var = layer.running_var[entries]
    return smaller, masks
