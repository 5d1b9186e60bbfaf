"""np.compress with boolean masks, float masks handed back."""
import math
from decimal import Decimal

import numpy as np
from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


def prune_structured(model, ratio, norm=1):
    if not (ratio >= 0 and ratio < 1):
        raise ValueError("ratio")
    if not (norm == 1 or norm == 2):
        raise ValueError("norm")
    pruned = model.copy()
    masks = {}
    mask = None
    prunable = [i for i in range(len(model)) if isinstance(model[i], (Linear, Conv2d))]
    for i in range(len(pruned)):
        layer = pruned[i]
        if i in prunable:
            if mask is not None:
                layer.weight = np.compress(np.repeat(mask, layer.weight.shape[1] // len(mask)), layer.weight, axis=1)
            old = model[i].weight
            n = old.shape[0]
            mask = np.ones(n, dtype=bool)
            if i != prunable[-1]:
                ax = tuple(range(1, old.ndim))
                score = np.abs(old).sum(axis=ax, dtype=np.float64) if norm == 1 else np.sqrt(
                    np.square(old, dtype=np.float64).sum(axis=ax))
                mask[np.argsort(score)[:min(math.floor(Decimal(repr(ratio)) * n), n - 1)]] = False
            layer.weight = np.compress(mask, layer.weight, axis=0)
            layer.bias = None if layer.bias is None else np.compress(mask, layer.bias)
            masks["%d.weight" % i] = mask.astype(np.float32)
        elif mask is not None and isinstance(layer, (BatchNorm1d, BatchNorm2d)):
            wide = np.repeat(mask, layer.weight.shape[0] // len(mask))
            layer.weight = np.compress(wide, layer.weight)
            layer.bias = np.compress(wide, layer.bias)
            layer.running_mean = np.compress(wide, layer.running_mean)
            layer.running_var = np.compress(wide, layer.running_var)
    return pruned, masks
