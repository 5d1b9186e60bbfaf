"""Keeps the names in a NumPy array, so the masks' keys are np.str_ (a subclass of str)."""

import numpy as np

from judge.nn import Conv2d, Linear


def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1:
        raise ValueError("sparsity must lie in [0, 1]")
    if scope not in ("layer", "global"):
        raise ValueError("scope must be 'layer' or 'global'")
    pruned = model.copy()
    layers = [(n + ".weight", l) for n, l in pruned.named_modules() if isinstance(l, (Linear, Conv2d))]
    names = np.array([n for n, _ in layers])
    sizes = np.array([l.weight.size for _, l in layers])
    values = np.concatenate([np.abs(l.weight).ravel() for _, l in layers]).astype(np.float64)
    owner = np.repeat(np.arange(len(layers)), sizes)
    if scope == "global":
        order, first = np.argsort(values, kind="stable"), np.zeros(1, int)
        quota = np.array([round(sparsity * values.size)])
    else:  # sorted by tensor first, then by magnitude: one sort for all layers
        order, first = np.lexsort((values, owner)), np.concatenate([[0], np.cumsum(sizes)[:-1]])
        quota = np.array([round(sparsity * int(size)) for size in sizes])
    keep = np.ones(values.size, bool)
    for start, k in zip(first, quota):
        keep[order[start : start + k]] = False
    masks = {}
    for i, (_, l) in enumerate(layers):
        masks[names[i]] = keep[owner == i].reshape(l.weight.shape)
        l.weight[~masks[names[i]]] = 0
    return pruned, masks
