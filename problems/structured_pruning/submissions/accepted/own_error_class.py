"""Raises its own subclass of ValueError, and validates last, after a dry run on a copy."""
import math
from decimal import Decimal

import numpy as np
from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


class PruningError(ValueError):
    """What cannot be pruned."""


class UnknownNormError(PruningError):
    pass


def prune_structured(model, ratio, norm=1):
    net = model.copy()
    if norm not in (1, 2):
        raise UnknownNormError(norm)
    if not (math.isfinite(ratio) and 0 <= ratio < 1):
        raise PruningError(ratio)
    order = [(i, l) for i, l in enumerate(net) if isinstance(l, (Linear, Conv2d))]
    scores = [np.linalg.norm(l.weight.astype(np.float64).reshape(len(l.weight), -1), ord=norm, axis=1) for _, l in order]
    masks = {}
    for (i, _), s in zip(order, scores):
        mask = np.ones(len(s), dtype=bool)
        if i != order[-1][0]:
            mask[np.argsort(s)[:min(math.floor(Decimal(repr(ratio)) * len(s)), len(s) - 1)]] = False
        masks[f"{i}.weight"] = mask
    mask = None
    for i, l in enumerate(net):
        if f"{i}.weight" in masks:
            if mask is not None:
                l.weight = l.weight[:, np.repeat(mask, l.weight.shape[1] // len(mask))]
            mask = masks[f"{i}.weight"]
            l.weight = l.weight[mask]
            l.bias = None if l.bias is None else l.bias[mask]
        elif mask is not None and isinstance(l, (BatchNorm1d, BatchNorm2d)):
            wide = np.repeat(mask, l.num_features // len(mask))
            l.weight, l.bias, l.running_mean, l.running_var = (
                x[wide] for x in (l.weight, l.bias, l.running_mean, l.running_var))
    return net, masks
