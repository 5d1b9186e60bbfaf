"""A generator yields the new layers one after the other and keeps the live channels in its frame."""
import math
from decimal import Decimal

import numpy as np
from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Sequential


def keep_masks(model, ratio, norm):
    pending = None
    for i, layer in enumerate(model):
        if isinstance(layer, (Linear, Conv2d)):
            if pending is not None:
                yield pending
            n = layer.weight.shape[0]
            a = np.abs(layer.weight.astype(np.float64)).reshape(n, -1)
            s = a.sum(1) if norm == 1 else np.sqrt((a ** 2).sum(1))
            m = np.ones(n, bool)
            m[s.argsort()[:min(math.floor(Decimal(repr(ratio)) * n), n - 1)]] = False
            pending = (i, m)
    yield pending[0], np.ones(len(pending[1]), bool)


def smaller_layers(model, masks):
    live = None
    for i, layer in enumerate(model.copy()):
        if i in masks:
            if live is not None:
                layer.weight = layer.weight[:, np.repeat(live, layer.weight.shape[1] // len(live))]
            live = masks[i]
            layer.weight = layer.weight[live]
            if layer.bias is not None:
                layer.bias = layer.bias[live]
        elif isinstance(layer, (BatchNorm1d, BatchNorm2d)) and live is not None:
            m = np.repeat(live, layer.num_features // len(live))
            for a in ("weight", "bias", "running_mean", "running_var"):
                setattr(layer, a, getattr(layer, a)[m])
        yield layer


def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1:
        raise ValueError("ratio")
    if norm not in (1, 2):
        raise ValueError("norm")
    masks = dict(keep_masks(model, ratio, norm))
    return Sequential(list(smaller_layers(model, masks))), {f"{i}.weight": m for i, m in masks.items()}
