"""Masks in an OrderedDict behind a MappingProxyType, with read-only arrays."""
import math
from collections import OrderedDict
from decimal import Decimal
from types import MappingProxyType

import numpy as np
from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear

STATISTICS = ("weight", "bias", "running_mean", "running_var")


def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1:
        raise ValueError("ratio")
    if norm not in (1, 2):
        raise ValueError("norm")
    masks = OrderedDict()
    for name, layer in model.named_modules():
        if isinstance(layer, (Linear, Conv2d)):
            n = layer.weight.shape[0]
            s = np.linalg.norm(layer.weight.reshape(n, -1).astype(np.float64), axis=1, ord=norm)
            mask = np.zeros(n, dtype=bool)
            mask[np.argsort(s)[min(math.floor(Decimal(repr(ratio)) * n), n - 1):]] = True
            masks[name + ".weight"] = mask
    next(reversed(masks.values()))[:] = True
    small = model.copy()
    incoming = None
    for name, layer in small.named_modules():
        key = name + ".weight"
        if key in masks:
            if incoming is not None:
                layer.weight = layer.weight[:, np.repeat(incoming, layer.weight.shape[1] // len(incoming))]
            incoming = masks[key]
            layer.weight = layer.weight[incoming]
            if layer.bias is not None:
                layer.bias = layer.bias[incoming]
        elif incoming is not None and isinstance(layer, (BatchNorm1d, BatchNorm2d)):
            wide = np.repeat(incoming, layer.num_features // len(incoming))
            for a in STATISTICS:
                setattr(layer, a, getattr(layer, a)[wide])
    for mask in masks.values():
        mask.flags.writeable = False
    return small, MappingProxyType(masks)
