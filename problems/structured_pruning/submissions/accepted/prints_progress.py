"""Prints what it does, a line a layer."""
import math
from decimal import Decimal

import numpy as np
from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


def prune_structured(model, ratio, norm=1):
    print("prune_structured", ratio, norm)
    if not 0 <= ratio < 1:
        raise ValueError("ratio")
    if norm not in (1, 2):
        raise ValueError("norm")
    small = model.copy()
    masks, live = {}, None
    last = [i for i, l in enumerate(model) if isinstance(l, (Linear, Conv2d))].pop()
    for i, layer in enumerate(small):
        if isinstance(layer, (Linear, Conv2d)):
            n = layer.weight.shape[0]
            s = np.linalg.norm(layer.weight.astype(np.float64).reshape(n, -1), ord=norm, axis=1)
            k = 0 if i == last else min(math.floor(Decimal(repr(ratio)) * n), n - 1)
            print(f"  layer {i}: remove {k} of {n}")
            mask = np.ones(n, dtype=bool)
            mask[np.argsort(s)[:k]] = False
            if live is not None:
                layer.weight = layer.weight[:, np.repeat(live, layer.weight.shape[1] // live.size)]
            layer.weight = layer.weight[mask]
            if layer.bias is not None:
                layer.bias = layer.bias[mask]
            masks[f"{i}.weight"] = live = mask
        elif isinstance(layer, (BatchNorm1d, BatchNorm2d)) and live is not None:
            m = np.repeat(live, layer.num_features // live.size)
            layer.weight, layer.bias = layer.weight[m], layer.bias[m]
            layer.running_mean, layer.running_var = layer.running_mean[m], layer.running_var[m]
    print("done \u2713")
    return small, masks
