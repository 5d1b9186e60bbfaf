"""Zero the smallest weights and say which ones stayed."""

import copy
import math
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear


POOL = []


def size_of_weights(w):
    line = np.array(w, dtype=float).ravel()
    return np.where(line < 0, -line, line)


def budget(sparsity, n):
    return math.floor(Fraction(repr(float(sparsity))) * n)


def select(scores, k):
    total = scores.size
    if k <= 0 or k >= total:
        return np.full(total, k > 0)
    out = np.zeros(total, bool)
    out[np.argpartition(scores, k)[:k]] = True
    return out


def prune_weights(model, sparsity, scope="layer"):
    if scope not in ("layer", "global"):
        raise ValueError(f"unknown scope {scope!r}")
    if not 0 <= sparsity <= 1:
        raise ValueError(f"sparsity {sparsity!r} is outside [0, 1]")
    pruned = copy.deepcopy(model)
    prunable = {name + ".weight": leaf for name, leaf in pruned.named_modules() if isinstance(leaf, (Linear, Conv2d))}
    rows_of_scores = list(map(lambda leaf: size_of_weights(leaf.weight), prunable.values()))
    local = scope == "layer"
    if local:
        drops = [select(flat, budget(sparsity, flat.size)) for flat in rows_of_scores]
    else:
        POOL.extend(rows_of_scores)
        pool = np.concatenate(POOL)
        ends = np.cumsum([flat.size for flat in rows_of_scores])[:-1]
        total = sum(flat.size for flat in rows_of_scores)
        drops = np.split(select(pool, budget(sparsity, pool.size))[-total:], ends)
    mask_by_name = {}
    for (key, leaf), out_mask in zip(prunable.items(), drops):
        out_mask = np.reshape(out_mask, leaf.weight.shape)
        leaf.weight = np.where(out_mask, leaf.weight.dtype.type(0), leaf.weight)
        mask_by_name[key] = np.invert(out_mask)
    return pruned, mask_by_name
