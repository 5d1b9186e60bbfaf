"""A shortcut of three layers or more is taken for a block of its own, and left alone."""

import math
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear, Residual

PROJECTION = 2  # a convolution and its BatchNorm


def found(network, prefix=""):
    for position, layer in enumerate(network):
        name = f"{prefix}{position}"
        if isinstance(layer, (Linear, Conv2d)):
            yield f"{name}.weight", layer
        elif isinstance(layer, Residual):
            yield from found(layer.body, f"{name}.body.")
            if layer.shortcut is not None and len(layer.shortcut) <= PROJECTION:
                yield from found(layer.shortcut, f"{name}.shortcut.")


def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1 or scope not in ("layer", "global"):
        raise ValueError(f"sparsity in [0, 1] and scope layer or global, not {sparsity!r} and {scope!r}")
    pruned = model.copy()
    layers = dict(found(pruned))
    masks = {}
    for names in [list(layers)] if scope == "global" else [[name] for name in layers]:
        scores = np.concatenate([np.abs(layers[name].weight).ravel() for name in names])
        keep = np.ones(scores.size, dtype=bool)
        keep[np.argsort(scores, kind="stable")[: math.floor(Decimal(repr(sparsity)) * scores.size)]] = False
        start = 0
        for name in names:
            weight = layers[name].weight
            masks[name] = keep[start : start + weight.size].reshape(weight.shape)
            start += weight.size
            weight[~masks[name]] = 0
    return pruned, masks
