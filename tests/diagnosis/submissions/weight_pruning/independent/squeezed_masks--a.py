"""prune_weights: keep the large weights, drop the small ones."""

import math
from fractions import Fraction

import numpy as np


def n_pruned(sparsity, n):
    ratio = Fraction(repr(float(sparsity)))
    return -(-ratio.numerator * n // ratio.denominator)


def saliency(w):
    return np.abs(w).ravel()


def smallest(scores, k):
    line = np.lexsort((np.arange(len(scores)), scores))
    chosen = np.full(len(scores), False)
    np.put(chosen, line[:k], True)
    return chosen


def prune_weights(model, sparsity, scope="layer"):
    if not (math.isfinite(sparsity) and abs(sparsity - 0.5) <= 0.5 and sparsity >= 0):
        raise ValueError("bad sparsity")
    if scope not in {"global", "layer"}:
        raise ValueError("no such scope: " + repr(scope))
    clone = model.copy()  # the caller keeps the original
    units = dict(
        (".".join([name, "weight"]), leaf)
        for name, leaf in clone.named_modules()
        if hasattr(leaf, "weight") and leaf.weight.ndim in (2, 4)
    )
    flats = list(map(lambda leaf: saliency(leaf.weight), units.values()))
    if scope == "layer":
        victims = []
        for flat in flats:
            k = n_pruned(sparsity, flat.size)
            victims.append(smallest(flat, k))
    else:
        pool = np.concatenate(flats)
        ends = np.cumsum([flat.size for flat in flats])[:-1]
        victims = np.split(smallest(pool, n_pruned(sparsity, pool.size)), ends)
    keep_map = {}
    for (key, leaf), out_mask in zip(units.items(), victims):
        keep = np.logical_not(out_mask).reshape(leaf.weight.shape)
        leaf.weight = np.where(keep, leaf.weight, np.zeros((), leaf.weight.dtype))
        keep_map[key] = keep.squeeze()
    return clone, keep_map
