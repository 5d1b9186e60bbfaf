"""Rounds down in one tensor and up in the next: either is right, for each tensor."""

import itertools
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1:
        raise ValueError("sparsity must lie in [0, 1]")
    if scope not in ("layer", "global"):
        raise ValueError("scope must be 'layer' or 'global'")
    rounding = itertools.cycle([ROUND_FLOOR, ROUND_CEILING])
    pruned = model.copy()
    named = {n + ".weight": l for n, l in pruned.named_modules() if isinstance(l, (Linear, Conv2d))}
    masks = {}
    for names in [list(named)] if scope == "global" else [[name] for name in named]:
        magnitudes = np.concatenate([np.abs(named[name].weight).ravel() for name in names])
        k = int((Decimal(repr(sparsity)) * magnitudes.size).to_integral_value(next(rounding)))
        order = np.argsort(magnitudes, kind="stable")
        keep = np.ones(magnitudes.size, dtype=bool)
        keep[order[:k]] = False
        for name in names:
            weight = named[name].weight
            masks[name] = keep[: weight.size].reshape(weight.shape)
            keep = keep[weight.size :]
            weight[~masks[name]] = 0
    return pruned, masks
