"""math.hypot for L2 and sum for L1 on Python floats, which never overflow here."""
import math
from decimal import Decimal

import numpy as np
from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear

SIZE = {1: lambda row: sum(map(abs, row)), 2: lambda row: math.hypot(*row)}


def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1:
        raise ValueError("ratio must be in [0, 1)")
    try:
        size = SIZE[norm]
    except KeyError:
        raise ValueError("norm must be 1 or 2") from None
    keep = {}
    for i, layer in enumerate(model):
        if isinstance(layer, (Linear, Conv2d)):
            scores = [size(row.ravel().tolist()) for row in layer.weight]
            k = min(math.floor(Decimal(repr(ratio)) * len(scores)), len(scores) - 1)
            keep[i] = sorted(sorted(range(len(scores)), key=lambda c: scores[c])[k:])
            last = i
    keep[last] = list(range(len(model[last].weight)))
    new, previous = model.copy(), None
    for i, layer in enumerate(new):
        if previous is not None and hasattr(layer, "weight"):
            fan = layer.weight.shape[1] if i in keep else layer.weight.shape[0]
            step = fan // len(model[previous].weight)
            places = [c * step + j for c in keep[previous] for j in range(step)]
        if i in keep:
            w = layer.weight if previous is None else layer.weight[:, places]
            layer.weight = w[keep[i]]
            layer.bias = layer.bias[keep[i]] if layer.bias is not None else None
            previous = i
        elif isinstance(layer, (BatchNorm1d, BatchNorm2d)) and previous is not None:
            for a in ("weight", "bias", "running_mean", "running_var"):
                setattr(layer, a, getattr(layer, a)[places])
    masks = {}
    for i, kept in keep.items():
        there = set(kept)
        masks[f"{i}.weight"] = np.array([int(c in there) for c in range(len(model[i].weight))])
    return new, masks
