"""Thin out a trained network by the size of its weights."""

import math
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def select(scores, k):
    out_mask = np.zeros(scores.size, dtype=bool)
    out_mask[np.argsort(scores, kind="stable")[:k]] = True
    return out_mask


def flat_abs(w):
    words = {2: np.uint16, 4: np.uint32, 8: np.uint64}
    return np.ascontiguousarray(w).view(words[w.dtype.itemsize]).ravel()


def budget(sparsity, n):
    return math.ceil(Decimal(repr(float(sparsity))) * n)


def prune_weights(model, sparsity, scope="layer"):
    if scope != "layer" and scope != "global":
        raise ValueError("scope is 'layer' or 'global'")
    if math.isnan(sparsity) or sparsity < 0 or sparsity > 1:
        raise ValueError("sparsity has to be a fraction")
    pruned = model.copy()
    prunable = {}
    for name, lay in pruned.named_modules():
        if isinstance(lay, Linear) or isinstance(lay, Conv2d):
            prunable[f"{name}.weight"] = lay
    chunks = list(map(lambda lay: flat_abs(lay.weight), prunable.values()))
    local = scope == "layer"
    if local:
        victims = [select(flat, budget(sparsity, flat.size)) for flat in chunks]
    else:
        pool = np.concatenate(chunks)
        flags = select(pool, budget(sparsity, pool.size))
        victims, start = [], 0
        for flat in chunks:
            victims.append(flags[start : start + flat.size])
            start += flat.size
    out_masks = {}
    for (key, lay), out_mask in zip(prunable.items(), victims):
        keep = np.logical_not(out_mask).reshape(lay.weight.shape)
        lay.weight = np.where(keep, lay.weight, np.zeros((), lay.weight.dtype))
        out_masks[key] = keep
    return pruned, out_masks
