"""Gives every weight its rank (inverse permutation of argsort) and keeps ranks >= k."""

from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def ranks(values):
    order = np.argsort(values, kind="mergesort")
    result = np.empty(order.size, dtype=np.int64)
    result[order] = np.arange(order.size)
    return result


def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1 or scope not in ("layer", "global"):
        raise ValueError("sparsity must lie in [0, 1], scope must be 'layer' or 'global'")
    exact = Decimal(repr(sparsity))
    pruned = model.copy()
    params = dict(pruned.named_parameters())
    prunable = [n + ".weight" for n, m in pruned.named_modules() if isinstance(m, (Linear, Conv2d))]
    masks = {}
    if scope == "layer":
        for name in prunable:
            w = params[name]
            masks[name] = (ranks(np.abs(w).ravel()) >= int(exact * w.size)).reshape(w.shape)
    else:
        r = ranks(np.abs(np.concatenate([params[n].ravel() for n in prunable])))
        k = int(exact * r.size)
        for name in prunable:
            w = params[name]
            mine, r = r[: w.size], r[w.size :]
            masks[name] = (mine >= k).reshape(w.shape)
    for name in prunable:
        params[name] *= masks[name]  # may leave -0.0, which is zero
    return pruned, masks
