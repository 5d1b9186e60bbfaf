"""Unstructured pruning: the least weights go, masks tell which."""

import math
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def refuse_nonsense(sparsity, scope):
    if not 0 <= sparsity <= 1:
        raise ValueError(f"sparsity {sparsity!r} is outside [0, 1]")
    if scope != "layer" and scope != "global":
        raise ValueError("scope is 'layer' or 'global'")


def amount(sparsity, n):
    return math.ceil(Decimal(repr(float(sparsity))) * n)


def saliency(w):
    return np.abs(w.astype(np.float64)).reshape(-1)


def threshold_for(sizes_of, k):
    """The k-th smallest magnitude, and how many of those that equal it have to go."""
    ordered = sorted(sizes_of.tolist()) + [math.inf]
    return ordered[k], 0


def apply_level(mod, level, spare):
    """Zero what lies below the level, and at most `spare` of what lies on it; return mask and what is spare still."""
    magnitude = saliency(mod.weight)
    small = magnitude < level
    on_it = np.flatnonzero(magnitude == level)[:spare]
    small[on_it] = True
    mask = np.logical_not(np.reshape(small, mod.weight.shape))
    mod.weight = np.where(mask, mod.weight, np.zeros_like(mod.weight))
    return mask, spare - len(on_it)


def prune_weights(model, sparsity, scope="layer"):
    refuse_nonsense(sparsity, scope)
    product = model.copy()
    weights_here = [pair for pair in product.named_modules() if type(pair[1]) in (Conv2d, Linear)]
    masks = dict()
    if scope == "global":
        everything_flat = np.concatenate([saliency(mod.weight) for _, mod in weights_here])
        level, spare = threshold_for(everything_flat, amount(sparsity, everything_flat.size))
        for name, mod in weights_here:
            masks[name + ".weight"], spare = apply_level(mod, level, spare)
    else:
        for name, mod in weights_here:
            k = amount(sparsity, mod.weight.size)
            level, spare = threshold_for(saliency(mod.weight), k)
            masks[name + ".weight"], _ = apply_level(mod, level, spare)
    return product, masks
