"""Removes whole rows with the smallest L1 norm."""

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
    groups = [layers] if scope == "global" else [[pair] for pair in layers]
    masks = {}
    for group in groups:
        magnitudes = np.concatenate([np.abs(layer.weight).ravel() for _, layer in group])
        keep = np.ones(magnitudes.size, dtype=bool)
        norms = np.concatenate([np.abs(layer.weight.astype(np.float64)).reshape(len(layer.weight), -1).sum(axis=1) for _, layer in group])
        lengths = np.concatenate([np.full(len(layer.weight), layer.weight[0].size) for _, layer in group])
        dead = np.zeros(norms.size, dtype=bool)
        dead[np.argsort(norms, kind="stable")[: int(Decimal(repr(sparsity)) * norms.size)]] = True
        keep[np.repeat(dead, lengths)] = False
        start = 0
        for name, layer in group:
            mask = keep[start : start + layer.weight.size].reshape(layer.weight.shape)
            start += layer.weight.size
            layer.weight[~mask] = 0
            masks[name] = mask
    return pruned, masks
