"""functools.singledispatch: one function per kind of layer, the live mask passed along and returned."""
import math
from decimal import Decimal
from functools import singledispatch

import numpy as np
from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Sequential


def spread(live, n):
    return np.full(n, True) if live is None else live.repeat(n // live.size)


@singledispatch
def cut(layer, live, mask):
    return layer, live


@cut.register(Linear)
def _(layer, live, mask):
    w = layer.weight[:, spread(live, layer.in_features)][mask]
    return Linear(w, layer.bias[mask] if layer.bias is not None else None), mask


@cut.register(Conv2d)
def _(layer, live, mask):
    w = layer.weight[:, spread(live, layer.in_channels), :, :][mask]
    b = layer.bias[mask] if layer.bias is not None else None
    return Conv2d(w, b, stride=layer.stride, padding=layer.padding, groups=layer.groups), mask


@cut.register(BatchNorm1d)
@cut.register(BatchNorm2d)
def _(layer, live, mask):
    m = spread(live, layer.num_features)
    return type(layer)(*(a[m] for a in (layer.weight, layer.bias, layer.running_mean, layer.running_var)),
                       eps=layer.eps), live


def prune_structured(model, ratio, norm=1):
    if math.isnan(ratio) or not 0 <= ratio < 1:
        raise ValueError(f"bad ratio {ratio}")
    if norm not in (1, 2):
        raise ValueError(f"bad norm {norm}")
    masks = {}
    for i, layer in enumerate(model.layers):
        if isinstance(layer, (Linear, Conv2d)):
            n = layer.weight.shape[0]
            score = np.power(np.abs(layer.weight.astype(np.float64)), norm).reshape(n, -1).sum(axis=1)
            mask = np.ones(n, bool)
            mask[score.argsort()[:min(math.floor(Decimal(repr(ratio)) * n), n - 1)]] = False
            masks[f"{i}.weight"] = mask
    masks[f"{i}.weight" if f"{i}.weight" in masks else list(masks)[-1]][:] = True
    live, layers = None, []
    for i, layer in enumerate(model.layers):
        fresh, live = cut(layer, live, masks.get(f"{i}.weight"))
        layers.append(fresh)
    return Sequential(layers), masks
