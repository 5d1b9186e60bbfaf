"""NumPy, a full stable argsort, count by floor of a Decimal product."""

from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1:
        raise ValueError("sparsity must lie in [0, 1]")
    if scope not in {"layer", "global"}:
        raise ValueError("scope must be 'layer' or 'global'")
    pruned = model.copy()
    weights = {
        f"{name}.weight": layer.weight
        for name, layer in pruned.named_modules()
        if isinstance(layer, (Linear, Conv2d))
    }
    groups = [list(weights)] if scope == "global" else [[name] for name in weights]
    masks = {}
    for names in groups:
        magnitudes = np.concatenate([np.abs(weights[name]).ravel() for name in names])
        k = int(Decimal(repr(sparsity)) * magnitudes.size)
        keep = np.ones(magnitudes.size, dtype=bool)
        keep[np.argsort(magnitudes, kind="stable")[:k]] = False
        start = 0
        for name in names:
            weight = weights[name]
            masks[name] = keep[start : start + weight.size].reshape(weight.shape)
            weight[~masks[name]] = 0
            start += weight.size
    return pruned, masks
