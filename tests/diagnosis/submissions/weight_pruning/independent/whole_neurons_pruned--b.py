"""Zero the smallest weights and say which ones stayed."""

import math
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def choose_least(scores, k):
    strengths = scores.tolist()
    places = sorted(range(len(strengths)), key=strengths.__getitem__)
    zap = [False] * len(strengths)
    for place in places[:k]:
        zap[place] = True
    return np.array(zap, dtype=bool)


def budget(sparsity, n):
    top, bottom = Decimal(repr(float(sparsity))).as_integer_ratio()
    return (top * n) // bottom


def size_of_weights(w):
    return np.abs(w.astype(np.float64)).reshape(-1)


def weights_of(new_model):
    """Yield name and array of what may be pruned: a BatchNorm's weight has one axis only."""
    for name, layer in new_model.named_modules():
        if isinstance(layer, (Linear, Conv2d)):
            yield name + ".weight", layer.weight


def rank_group(group, sparsity):
    """Yield name, array and what to drop in it, for weights that are ranked together."""
    stacked = np.array([size_of_weights(row).sum() for _, array in group for row in array])
    removed = choose_least(stacked, budget(sparsity, stacked.size))
    position = 0
    for name, array in group:
        rows = removed[position : position + len(array)]
        yield name, array, np.repeat(rows, array[0].size).reshape(array.shape)
        position += len(array)


def prune_weights(model, sparsity, scope="layer"):
    if scope not in ("layer", "global"):
        raise ValueError(f"unknown scope {scope!r}")
    if not (math.isfinite(sparsity) and abs(sparsity - 0.5) <= 0.5 and sparsity >= 0):
        raise ValueError("bad sparsity")
    result = model.copy()
    listing = list(weights_of(result))
    groups = [listing] if scope == "global" else [[entry] for entry in listing]
    mask_by_name = {}
    for group in groups:
        for name, array, zap in rank_group(group, sparsity):
            np.copyto(array, 0, where=zap)
            mask_by_name[name] = ~zap
    return result, mask_by_name
