"""Leaves the last layer out altogether, its mask as well."""

from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1:
        raise ValueError("sparsity must lie in [0, 1]")
    if scope not in ("layer", "global"):
        raise ValueError("scope must be 'layer' or 'global'")
    pruned = model.copy()
    layers = [
        (f"{name}.weight", layer)
        for name, layer in pruned.named_modules()
        if isinstance(layer, (Linear, Conv2d))
    ]
    layers = layers[:-1]
    groups = [layers] if scope == "global" else [[pair] for pair in layers]
    masks = {}
    for group in groups:
        magnitudes = np.concatenate([np.abs(layer.weight).ravel() for _, layer in group])
        k = int(Decimal(repr(sparsity)) * magnitudes.size)
        keep = np.ones(magnitudes.size, dtype=bool)
        keep[np.argsort(magnitudes, kind="stable")[:k]] = False
        start = 0
        for name, layer in group:
            mask = keep[start : start + layer.weight.size].reshape(layer.weight.shape)
            start += layer.weight.size
            layer.weight[~mask] = 0
            masks[name] = mask
    return pruned, masks
