"""Masks are floating arrays in the weight's own dtype, multiplied in."""

import numpy as np

from judge.nn import Conv2d, Linear


def _keep(weights, sparsity):
    magnitudes = [np.abs(w) for w in weights]
    flat = np.concatenate([m.ravel() for m in magnitudes])
    k = round(sparsity * flat.size)
    keep = np.ones(flat.size, dtype=flat.dtype)
    if k:
        keep[np.argpartition(flat, k - 1)[:k]] = 0
    cuts = np.cumsum([w.size for w in weights])[:-1]
    return [part.reshape(w.shape) for part, w in zip(np.split(keep, cuts), weights)]


def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1:
        raise ValueError("sparsity must lie in [0, 1]")
    if scope not in ("layer", "global"):
        raise ValueError("scope must be 'layer' or 'global'")
    pruned = model.copy()
    names, layers = zip(*[(n, l) for n, l in pruned.named_modules() if isinstance(l, (Linear, Conv2d))])
    if scope == "global":
        keeps = _keep([l.weight for l in layers], sparsity)
    else:
        keeps = [_keep([l.weight], sparsity)[0] for l in layers]
    for layer, keep in zip(layers, keeps):
        layer.weight = layer.weight * keep
    return pruned, {f"{n}.weight": keep for n, keep in zip(names, keeps)}
