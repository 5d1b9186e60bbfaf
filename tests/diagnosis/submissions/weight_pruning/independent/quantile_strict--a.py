"""Weights of least magnitude are zeroed; returns the new network and its masks."""


import numpy as np

from judge.nn import Conv2d, Linear


def validate(sparsity, scope):
    inside = sparsity >= 0.0 and sparsity <= 1.0
    if not inside:
        raise ValueError("the fraction must lie between 0 and 1, got %r" % (sparsity,))
    known = ["layer", "global"]
    if known.count(scope) == 0:
        raise ValueError(f"scope must be one of {known}")


def mark_small(scores, share):
    bound = np.quantile(scores, share)
    return np.less(scores, bound)


def absolute(w):
    line = np.array(w, dtype=float).ravel()
    return np.where(line < 0, -line, line)


def prune_weights(model, sparsity, scope="layer"):
    validate(sparsity, scope)
    net = model.copy()
    kinds = (Conv2d, Linear)
    leaves = {f"{name}.weight": leaf for name, leaf in filter(lambda item: isinstance(item[1], kinds), net.named_modules())}
    flats = []
    for leaf in leaves.values():
        flats.append(absolute(leaf.weight))
    local = scope == "layer"
    if local:
        drops = []
        for flat in flats:
            k = sparsity
            drops.append(mark_small(flat, k))
    else:
        pool = np.concatenate(flats)
        flags = mark_small(pool, sparsity)
        drops, start = [], 0
        for flat in flats:
            drops.append(flags[start : start + flat.size])
            start += flat.size
    kept_where = {}
    for (key, leaf), kill in zip(leaves.items(), drops):
        shape = leaf.weight.shape
        sparse = leaf.weight.copy()
        sparse[kill.reshape(shape)] = 0
        leaf.weight, kept_where[key] = sparse, ~kill.reshape(shape)
    return net, kept_where
