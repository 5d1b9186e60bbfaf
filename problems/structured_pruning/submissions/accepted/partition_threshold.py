"""np.partition finds the cut; everything below goes, of those at the cut as many as are still missing."""
import math
from decimal import Decimal

import numpy as np
from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


def mask_by_threshold(score, k):
    if k == 0:
        return np.ones(score.size, dtype=bool)
    cut = np.partition(score, k - 1)[k - 1]
    mask = score > cut
    at_cut = np.flatnonzero(score == cut)
    missing = k - np.count_nonzero(score < cut)
    mask[at_cut[missing:]] = True
    return mask


def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1:
        raise ValueError("ratio")
    if norm not in (1, 2):
        raise ValueError("norm")
    masks = {}
    for i, layer in enumerate(model):
        if isinstance(layer, (Linear, Conv2d)):
            w = layer.weight.reshape(layer.weight.shape[0], -1).astype(np.float64)
            score = np.abs(w).sum(1) if norm == 1 else np.einsum("ij,ij->i", w, w)
            name = f"{i}.weight"
            masks[name] = mask_by_threshold(score, min(math.floor(Decimal(repr(ratio)) * len(w)), len(w) - 1))
    masks[name] = np.ones_like(masks[name])
    small = model.copy()
    live = None
    for i, layer in enumerate(small):
        mask = masks.get(f"{i}.weight")
        if mask is not None:
            if live is not None:
                layer.weight = layer.weight[:, live.repeat(layer.weight.shape[1] // live.size)]
            layer.weight, live = layer.weight[mask], mask
            if layer.bias is not None:
                layer.bias = layer.bias[mask]
        elif live is not None and isinstance(layer, (BatchNorm1d, BatchNorm2d)):
            m = live.repeat(layer.weight.size // live.size)
            for a in ("weight", "bias", "running_mean", "running_var"):
                setattr(layer, a, getattr(layer, a)[m])
    return small, masks
