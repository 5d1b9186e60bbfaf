"""Masks are int8 arrays of 0 and 1."""

import numpy as np

from judge.nn import Conv2d, Linear


def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1:
        raise ValueError("sparsity must lie in [0, 1]")
    if scope not in ("layer", "global"):
        raise ValueError("scope must be 'layer' or 'global'")
    pruned = model.copy()
    layers = [(n + ".weight", l) for n, l in pruned.named_modules() if isinstance(l, (Linear, Conv2d))]
    masks = {name: np.ones(l.weight.shape, dtype=np.int8) for name, l in layers}
    if scope == "layer":
        for name, l in layers:
            order = np.argsort(np.abs(l.weight).ravel())
            masks[name].ravel()[order[: round(sparsity * order.size)]] = 0  # the mask is C-contiguous
    else:
        order = np.argsort(np.abs(np.concatenate([l.weight.ravel() for _, l in layers])))
        cut = order[: round(sparsity * order.size)]
        low = 0
        for name, l in layers:
            high = low + l.weight.size
            masks[name].ravel()[cut[(cut >= low) & (cut < high)] - low] = 0
            low = high
    for name, l in layers:
        l.weight *= masks[name].astype(l.weight.dtype)
    return pruned, masks
