"""Stays in float32 and divides by the layer's largest weight first, so that no half-precision sum overflows."""
import math
from decimal import Decimal

import numpy as np
from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1:
        raise ValueError("ratio")
    if norm not in (1, 2):
        raise ValueError("norm")
    masks = {}
    for i, layer in enumerate(model):
        if isinstance(layer, (Linear, Conv2d)):
            name = f"{i}.weight"
            w = np.abs(layer.weight.reshape(layer.weight.shape[0], -1))
            top = w.max()
            if top > 0:
                w = w / top
            w = w.astype(np.promote_types(w.dtype, np.float32))
            s = w.sum(axis=1) if norm == 1 else np.sqrt(np.einsum("ij,ij->i", w, w))
            mask = np.ones(s.size, bool)
            mask[np.argsort(s)[:min(math.floor(Decimal(repr(ratio)) * s.size), s.size - 1)]] = False
            masks[name] = mask
    masks[name] = np.ones(masks[name].size, bool)
    net, live = model.copy(), None
    for i, l in enumerate(net):
        m = masks.get(f"{i}.weight")
        if m is not None:
            if live is not None:
                l.weight = l.weight[:, np.repeat(live, l.weight.shape[1] // live.size)]
            l.weight = l.weight[m]
            l.bias = l.bias[m] if l.bias is not None else None
            live = m
        elif live is not None and isinstance(l, (BatchNorm1d, BatchNorm2d)):
            wide = np.repeat(live, l.num_features // live.size)
            for a in ("weight", "bias", "running_mean", "running_var"):
                setattr(l, a, getattr(l, a)[wide])
    return net, masks
