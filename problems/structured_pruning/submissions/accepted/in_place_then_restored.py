"""Prunes the model itself, takes a copy, and puts everything back in a finally clause."""
import math
from decimal import Decimal

import numpy as np
from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


def prune_structured(model, ratio, norm=1):
    saved = [dict(vars(layer)) for layer in model]
    try:
        if not 0 <= ratio < 1:
            raise ValueError("ratio")
        if norm not in (1, 2):
            raise ValueError("norm")
        return prune_in_place(model, ratio, norm)
    finally:
        for layer, attributes in zip(model, saved):
            vars(layer).clear()
            vars(layer).update(attributes)


def prune_in_place(model, ratio, norm):
    prunable = [l for l in model if isinstance(l, (Linear, Conv2d))]
    score = {id(l): np.linalg.norm(l.weight.astype(np.float64).reshape(len(l.weight), -1), norm, 1) for l in prunable}
    live, masks = None, {}
    for i, l in enumerate(model):
        if l in prunable:
            n = len(l.weight)
            mask = np.ones(n, bool)
            if l is not prunable[-1]:
                mask[np.argsort(score[id(l)])[:min(math.floor(Decimal(repr(ratio)) * n), n - 1)]] = False
            if live is not None:
                l.weight = l.weight[:, np.repeat(live, l.weight.shape[1] // live.size)]
            l.weight = l.weight[mask]
            if l.bias is not None:
                l.bias = l.bias[mask]
            masks[f"{i}.weight"] = live = mask
        elif live is not None and isinstance(l, (BatchNorm1d, BatchNorm2d)):
            m = np.repeat(live, l.num_features // live.size)
            for a in ("weight", "bias", "running_mean", "running_var"):
                setattr(l, a, getattr(l, a)[m])
    return model.copy(), masks
