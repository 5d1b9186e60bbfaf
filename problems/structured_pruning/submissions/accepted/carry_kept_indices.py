"""One forward pass over a deep copy, carrying the indices of the channels that are still there."""
import copy
import math
from decimal import Decimal

import numpy as np
from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


def prune_structured(model, ratio, norm=1):
    if not (0 <= ratio < 1):
        raise ValueError("ratio")
    if norm not in (1, 2):
        raise ValueError("norm")
    new = copy.deepcopy(model)
    last = max(i for i, layer in enumerate(model) if isinstance(layer, (Linear, Conv2d)))
    masks, kept, channels = {}, None, None
    for i, layer in enumerate(new):
        if isinstance(layer, (Linear, Conv2d)):
            original = model[i].weight
            out = original.shape[0]
            if kept is not None:
                block = original.shape[1] // channels
                columns = [c * block + j for c in kept for j in range(block)]
                layer.weight = layer.weight[:, columns]
            if i == last:
                kept = np.arange(out)
            else:
                a = np.abs(original.astype(np.float64)).reshape(out, -1)
                scores = a.sum(1) if norm == 1 else (a * a).sum(1)
                k = min(math.floor(Decimal(repr(ratio)) * out), out - 1)
                kept = np.sort(np.argsort(scores)[k:])
            channels = out
            mask = np.zeros(out, bool)
            mask[kept] = True
            masks[f"{i}.weight"] = mask
            layer.weight = layer.weight[kept]
            if layer.bias is not None:
                layer.bias = layer.bias[kept]
        elif isinstance(layer, (BatchNorm1d, BatchNorm2d)) and kept is not None:
            block = len(layer.weight) // channels
            entries = (np.asarray(kept)[:, None] * block + np.arange(block)).ravel()
            for name in ("weight", "bias", "running_mean", "running_var"):
                setattr(layer, name, getattr(layer, name)[entries])
    return new, masks
