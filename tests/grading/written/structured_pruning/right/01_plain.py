"""Straightforward NumPy: argsort over float64 norms, keep indices, deepcopy."""
import copy
import math
from decimal import Decimal

import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


def prune_structured(model, ratio, norm=1):
    if not (0 <= ratio < 1):
        raise ValueError("ratio must be in [0, 1)")
    if norm not in (1, 2):
        raise ValueError("norm must be 1 or 2")
    new = copy.deepcopy(model)
    places = [i for i, l in enumerate(model.layers) if isinstance(l, (Linear, Conv2d))]
    masks = {}
    keep, channels = None, None
    for i, layer in enumerate(new.layers):
        if isinstance(layer, (Linear, Conv2d)):
            w = layer.weight
            out = w.shape[0]
            flat = np.abs(w.reshape(out, -1).astype(np.float64))
            score = flat.sum(1) if norm == 1 else np.sqrt((flat ** 2).sum(1))
            mask = np.ones(out, bool)
            if i != places[-1]:
                k = min(math.floor(Decimal(repr(ratio)) * out), out - 1)
                mask[np.argsort(score, kind="stable")[:k]] = False
            if keep is not None:
                block = w.shape[1] // channels
                w = w[:, np.repeat(keep, block)]
            layer.weight = w[mask]
            if layer.bias is not None:
                layer.bias = layer.bias[mask]
            masks[f"{i}.weight"] = mask
            keep, channels = (mask, out) if i != places[-1] else (None, None)
        elif isinstance(layer, (BatchNorm1d, BatchNorm2d)) and keep is not None:
            sel = np.repeat(keep, len(layer.weight) // channels)
            for n in ("weight", "bias", "running_mean", "running_var"):
                setattr(layer, n, getattr(layer, n)[sel])
    return new, masks
