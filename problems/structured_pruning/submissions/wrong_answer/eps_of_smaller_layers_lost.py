"""A BatchNorm that lost channels was rebuilt with the default eps."""
import math
from decimal import Decimal

import numpy as np
from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, MaxPool2d, AvgPool2d, Sequential


def choose(weight, ratio, norm):
    out = len(weight)
    flat = weight.reshape(out, -1).astype(np.float64)
    scores = np.linalg.norm(flat, ord=norm, axis=1)
    k = min(math.floor(Decimal(repr(ratio)) * out), out - 1)
    return np.sort(np.argsort(scores, kind="stable")[k:])


def positions(kept, channels, size):
    block = size // channels
    return (kept[:, None] * block + np.arange(block)).reshape(-1)


def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1 or norm not in (1, 2):
        raise ValueError("ratio must be in [0, 1), norm 1 or 2")
    last = max(i for i, layer in enumerate(model) if isinstance(layer, (Linear, Conv2d)))
    layers = []
    masks = {}
    kept, channels = None, None
    for i, layer in enumerate(model):
        if isinstance(layer, (Linear, Conv2d)):
            weight = layer.weight
            out = weight.shape[0]
            rows = choose(weight, ratio, norm) if i != last else np.arange(out)
            if kept is not None:
                weight = weight[:, positions(kept, channels, weight.shape[1])]
            weight = weight[rows]
            bias = None if layer.bias is None else layer.bias[rows]
            if isinstance(layer, Linear):
                layers.append(Linear(weight, bias))
            else:
                layers.append(Conv2d(weight, bias, stride=layer.stride, padding=layer.padding))
            mask = np.zeros(out, dtype=bool)
            mask[rows] = True
            masks[f"{i}.weight"] = mask
            kept, channels = rows, out
        elif isinstance(layer, (BatchNorm1d, BatchNorm2d)):
            if kept is None:
                layers.append(layer)
                continue
            where = positions(kept, channels, layer.num_features)
            layers.append(type(layer)(layer.weight[where], layer.bias[where], layer.running_mean[where],
                                      layer.running_var[where]))
        elif isinstance(layer, (MaxPool2d, AvgPool2d)):
            layers.append(type(layer)(layer.kernel_size, layer.stride))
        else:
            layers.append(layer)
    return Sequential(layers), masks
