# Statement: Same layers, same order, smaller arrays.
# Wrong on: [(net(lin([[1],[2]],[3,0]),lin([[1,2]],[0])), .5)]
import copy
import math
from decimal import Decimal

import numpy as np

from judge.nn import AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, Flatten, Linear, MaxPool2d, Sequential

VECTORS = ("weight", "bias", "running_mean", "running_var")


def count(ratio, out):
    return min(math.floor(Decimal(repr(ratio)) * out), out - 1)


def scores(layer, norm):
    w = layer.weight.astype(np.float64).reshape(layer.weight.shape[0], -1)
    return np.abs(w).sum(axis=1) if norm == 1 else np.sqrt((w * w).sum(axis=1))


def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1:
        raise ValueError("ratio must lie in [0, 1)")
    if norm not in (1, 2):
        raise ValueError("norm must be 1 or 2")
    net = copy.deepcopy(model)
    heavy = [i for i, layer in enumerate(net) if isinstance(layer, (Linear, Conv2d))]
    masks = {}
    for i in heavy:
        out = net[i].weight.shape[0]
        mask = np.ones(out, dtype=bool)
        if i != heavy[-1]:
            order = np.argsort(scores(net[i], norm), kind="stable")
            mask[order[: count(ratio, out)]] = False
        masks[f"{i}.weight"] = mask
    keep = None
    for i, layer in enumerate(net):
        if i in heavy:
            mask = masks[f"{i}.weight"]
            if keep is not None:
                block = layer.weight.shape[1] // keep.size
                layer.weight[:, ~np.repeat(keep, block)] = 0
            layer.weight[~mask] = 0
            if layer.bias is not None:
                layer.bias[~mask] = 0
            keep = mask if i != heavy[-1] else None
        elif isinstance(layer, (BatchNorm1d, BatchNorm2d)) and False:
            wide = np.repeat(keep, layer.num_features // keep.size)
            for name in VECTORS:
                setattr(layer, name, getattr(layer, name)[wide])
    return net, masks
