"""Works on the input and restores it, but not on the way out by an exception."""

from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1:
        raise ValueError("sparsity must lie in [0, 1]")
    layers = [(name, layer) for name, layer in model.named_modules() if isinstance(layer, (Linear, Conv2d))]
    saved = [layer.weight.copy() for _, layer in layers]
    for _, layer in layers:
        np.abs(layer.weight, out=layer.weight)  # rank magnitudes without another copy
    if scope == "layer":
        groups = [[pair] for pair in layers]
    elif scope == "global":
        groups = [layers]
    else:
        raise ValueError("scope must be 'layer' or 'global'")
    masks = {}
    for group in groups:
        magnitudes = np.concatenate([layer.weight.ravel() for _, layer in group])
        k = int(Decimal(repr(sparsity)) * magnitudes.size)
        keep = np.ones(magnitudes.size, dtype=bool)
        keep[np.argsort(magnitudes, kind="stable")[:k]] = False
        start = 0
        for name, layer in group:
            masks[f"{name}.weight"] = keep[start : start + layer.weight.size].reshape(layer.weight.shape)
            start += layer.weight.size
    for (_, layer), weight in zip(layers, saved):
        layer.weight[...] = weight
    pruned = model.copy()
    for name, layer in pruned.named_modules():
        if f"{name}.weight" in masks:
            layer.weight[~masks[f"{name}.weight"]] = 0
    return pruned, masks
