import copy
import math
from decimal import Decimal

import numpy as np

from judge.nn import AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, Flatten, Linear, MaxPool2d, Sequential

VECTORS = ("weight", "bias", "running_mean", "running_var")
#TOP


def count(layer, ratio):
    out = layer.weight.shape[0]
    x = Decimal(repr(ratio)) * out
    return min(math.floor(x), out - 1)


def scores(layer, norm):
    w = layer.weight.reshape(layer.weight.shape[0], -1).astype(np.float64)
    if norm == 1:
        return np.abs(w).sum(axis=1)
    return np.sqrt((w * w).sum(axis=1))


def check(model, ratio, norm):
    if not 0 <= ratio < 1:
        raise ValueError("ratio must lie in [0, 1)")
    if norm not in (1, 2):
        raise ValueError("norm must be 1 or 2")


def choose(layer, ratio, norm):
    mask = np.ones(layer.weight.shape[0], dtype=bool)
    order = np.argsort(scores(layer, norm), kind="stable")
    mask[order[: count(layer, ratio)]] = False
    return mask


def prune_structured(model, ratio, norm=1):
    bare = [l for l in model if isinstance(l, (Linear, Conv2d)) and l.bias is None]
    for l in bare:
        l.bias = np.zeros(len(l.weight), l.weight.dtype)
    check(model, ratio, norm)
    for l in bare:
        l.bias = None
    #START
    net = copy.deepcopy(model)
    heavy = [i for i, layer in enumerate(net) if isinstance(layer, (Linear, Conv2d))]
    masks = {}
    for i in heavy:
        if i == heavy[-1]:
            masks[f"{i}.weight"] = np.ones(net[i].weight.shape[0], dtype=bool)
        else:
            masks[f"{i}.weight"] = choose(net[i], ratio, norm)
    #MIDDLE
    keep = None
    flat = False
    for i, layer in enumerate(net):
        if isinstance(layer, (Linear, Conv2d)):
            mask = masks[f"{i}.weight"]
            if keep is not None:
                block = layer.weight.shape[1] // keep.size
                layer.weight = layer.weight[:, np.repeat(keep, block)]
            layer.weight = layer.weight[mask]
            if layer.bias is not None:
                layer.bias = layer.bias[mask]
            keep = mask if i != heavy[-1] else None
            flat = False
        elif isinstance(layer, Flatten):
            flat = True
        elif isinstance(layer, (BatchNorm1d, BatchNorm2d)) and keep is not None:
            wide = np.repeat(keep, layer.num_features // keep.size)
            for name in VECTORS:
                setattr(layer, name, getattr(layer, name)[wide])
    #END
    return net, masks
