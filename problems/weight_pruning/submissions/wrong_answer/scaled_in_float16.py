"""Ranks |w| divided by a scale in the weights' own dtype: in float16 rounding makes equals of different weights."""
from decimal import Decimal

import numpy as np


def prune_weights(model, sparsity, scope="layer"):
    if scope not in ("layer", "global"):
        raise ValueError(f"unknown scope {scope!r}")
    if not 0 <= sparsity <= 1:
        raise ValueError(f"sparsity must be in [0, 1], not {sparsity!r}")
    pruned = model.copy()
    weights = {n: p for n, p in pruned.named_parameters() if n.endswith("weight") and p.ndim > 1}
    masks = {}
    for names in [list(weights)] if scope == "global" else [[name] for name in weights]:
        flat = np.concatenate([weights[name].ravel() for name in names])
        scores = np.abs(flat) / flat.dtype.type(3)
        mask = np.ones(flat.size, dtype=bool)
        mask[np.argsort(scores, kind="stable")[: int(Decimal(repr(sparsity)) * flat.size)]] = False
        start = 0
        for name in names:
            weight = weights[name]
            masks[name] = mask[start : start + weight.size].reshape(weight.shape)
            weight[~masks[name]] = 0
            start += weight.size
    return pruned, masks
