"""Channel pruning for plain NumPy networks."""

import math
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


VECTORS = ("weight", "bias", "running_mean", "running_var")


def prune_structured(model, ratio, norm=1):
    if not (ratio >= 0.0 and ratio < 1.0):
        raise ValueError("ratio out of range")
    if norm not in {1, 2}:
        raise ValueError("only the L1 and L2 norms are known")
    small = model.copy()
    final = max(i for i, src in enumerate(model.layers) if isinstance(src, (Linear, Conv2d)))
    masks = {}
    hidden = [layer for i, layer in enumerate(model.layers) if isinstance(layer, (Linear, Conv2d)) and i < final]
    threshold = 0.0
    if hidden:
        threshold = np.quantile(np.concatenate([filter_norms(layer.weight, norm) for layer in hidden]), ratio)
    alive = None
    for i, src in enumerate(model.layers):
        new = small.layers[i]
        if isinstance(src, (Linear, Conv2d)):
            w = src.weight
            if alive is not None:
                w = w[:, np.repeat(alive, w.shape[1] // alive.size)]
            n = len(src.weight)
            if i == final:
                alive = np.ones(n, dtype=bool)
            else:
                strength = np.asarray(filter_norms(src.weight, norm))
                alive = strength >= threshold
                alive[strength.argmax()] = True
            new.weight = w[alive]
            if src.bias is not None:
                new.bias = src.bias[alive]
            masks[str(i) + ".weight"] = alive.copy()
        elif isinstance(src, (BatchNorm1d, BatchNorm2d)) and alive is not None:
            wide = np.repeat(alive, src.weight.size // alive.size)
            for name in VECTORS:
                setattr(new, name, getattr(src, name)[wide])
    return small, masks


def filter_norms(weight, norm):
    result = []
    for row in weight:
        values = row.ravel().tolist()
        if norm == 1:
            result.append(math.fsum(abs(v) for v in values))
        else:
            result.append(math.sqrt(math.fsum(v * v for v in values)))
    return result
