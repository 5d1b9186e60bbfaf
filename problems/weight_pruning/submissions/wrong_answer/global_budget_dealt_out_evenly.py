"""In global scope every layer loses the same number of weights; what a small one cannot give, the others do."""

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
    budget = int(Decimal(repr(sparsity)) * sum(layer.weight.size for _, layer in layers))
    shares = dict.fromkeys((name for name, _ in layers), 0)
    while budget > 0:
        for name, layer in layers:
            if budget > 0 and shares[name] < layer.weight.size:
                shares[name] += 1
                budget -= 1
    if scope == "global":
        groups = [[pair] for pair in layers]
    masks = {}
    for group in groups:
        magnitudes = np.concatenate([np.abs(layer.weight).ravel() for _, layer in group])
        k = int(Decimal(repr(sparsity)) * magnitudes.size)
        if scope == "global":
            k = shares[group[0][0]]
        keep = np.ones(magnitudes.size, dtype=bool)
        keep[np.argsort(magnitudes, kind="stable")[:k]] = False
        start = 0
        for name, layer in group:
            mask = keep[start : start + layer.weight.size].reshape(layer.weight.shape)
            start += layer.weight.size
            layer.weight[~mask] = 0
            masks[name] = mask
    return pruned, masks
