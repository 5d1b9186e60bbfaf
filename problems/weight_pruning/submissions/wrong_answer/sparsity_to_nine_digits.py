"""The sparsity is written with nine digits before it is multiplied exactly."""

import math
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1 or scope not in ("layer", "global"):
        raise ValueError(f"sparsity in [0, 1] and scope layer or global, not {sparsity!r} and {scope!r}")
    pruned = model.copy()
    layers = {f"{name}.weight": leaf for name, leaf in pruned.named_modules() if isinstance(leaf, (Linear, Conv2d))}
    written = Decimal(f"{sparsity:.9g}")
    masks = {}
    for names in [list(layers)] if scope == "global" else [[name] for name in layers]:
        scores = np.concatenate([np.abs(layers[name].weight).ravel() for name in names])
        keep = np.ones(scores.size, dtype=bool)
        keep[np.argsort(scores, kind="stable")[: math.floor(written * scores.size)]] = False
        start = 0
        for name in names:
            weight = layers[name].weight
            masks[name] = keep[start : start + weight.size].reshape(weight.shape)
            start += weight.size
            weight[~masks[name]] = 0
    return pruned, masks
