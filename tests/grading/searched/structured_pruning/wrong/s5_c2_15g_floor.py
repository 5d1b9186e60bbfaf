import copy
import math
from decimal import Decimal, ROUND_CEILING, ROUND_FLOOR
from fractions import Fraction

import numpy as np

from judge.nn import (AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, Flatten, GELU, Linear, MaxPool2d, ReLU, Sequential,
                      Sigmoid, Tanh)

VECTORS = ("weight", "bias", "running_mean", "running_var")
ACT = (ReLU, GELU, Tanh, Sigmoid)
POOL = (MaxPool2d, AvgPool2d)


def count(ratio, out):
    k = int(math.floor(Decimal(f"{ratio:.15g}") * out))
    return min(k, out - 1)


def scores(weight, norm):
    w = weight.reshape(len(weight), -1).astype(np.float64)
    if norm == 1:
        return np.abs(w).sum(axis=1)
    return np.sqrt((w * w).sum(axis=1))


def choose(layer, ratio, norm):
    mask = np.ones(len(layer.weight), dtype=bool)
    v = scores(layer.weight, norm)
    order = np.argsort(v, kind="stable")
    mask[order[: count(ratio, len(mask))]] = False
    return mask


def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1:
        raise ValueError("ratio must lie in [0, 1)")
    if norm not in (1, 2):
        raise ValueError("norm must be 1 or 2")
    net = model.copy()
    heavy = [i for i, layer in enumerate(net) if isinstance(layer, (Linear, Conv2d))]
    last = heavy[-1]
    masks = {}
    for i in heavy:
        mask = np.ones(len(net[i].weight), dtype=bool)
        if i != last:
            mask = choose(net[i], ratio, norm)
        masks[f"{i}.weight"] = mask
    keep = None
    conv = flat = False
    for i, layer in enumerate(net):
        if isinstance(layer, (Linear, Conv2d)):
            mask = masks[f"{i}.weight"]
            w = layer.weight
            if keep is not None:
                w = w[:, np.repeat(keep, w.shape[1] // keep.size)]
            layer.weight = w[mask]
            if layer.bias is not None:
                layer.bias = layer.bias[mask]
            keep = mask
            conv, flat = isinstance(layer, Conv2d), False
        elif isinstance(layer, (BatchNorm1d, BatchNorm2d)) and keep is not None:
            wide = np.repeat(keep, layer.num_features // keep.size)
            for name in VECTORS:
                setattr(layer, name, getattr(layer, name)[wide])
        elif isinstance(layer, Flatten):
            flat = True
    return net, masks
