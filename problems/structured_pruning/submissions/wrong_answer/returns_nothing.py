"""Ends without a return."""
import math
from decimal import Decimal

import numpy as np
from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


def channel_norms(weight, norm):
    rows = np.abs(weight.reshape(weight.shape[0], -1).astype(np.float64))
    if norm == 1:
        return rows.sum(axis=1)
    return np.sqrt((rows ** 2).sum(axis=1))


def removed_count(ratio, out):
    return min(math.floor(Decimal(repr(ratio)) * out), out - 1)


def keep_mask(weight, ratio, norm):
    out = weight.shape[0]
    keep = np.ones(out, dtype=bool)
    order = np.argsort(channel_norms(weight, norm), kind="stable")
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
