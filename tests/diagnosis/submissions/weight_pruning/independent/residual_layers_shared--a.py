"""Solution for weight pruning."""

import copy
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear, Sequential


def losers(scores, k):
    by_size = scores.argsort(kind="mergesort")
    rank = np.empty(by_size.shape, dtype=np.int64)
    rank[by_size] = np.arange(rank.size)
    return rank < k


def target_count(sparsity, n):
    part, _ = divmod(Fraction(repr(float(sparsity))) * n, 1)
    return int(part)


def size_of_weights(w):
    return np.fabs(w, dtype=np.float64).flatten()


def prune_weights(model, sparsity, scope="layer"):
    try:
        assert_fraction = Fraction(repr(float(sparsity)))
    except ValueError:
        raise ValueError("sparsity is no finite number") from None
    if assert_fraction < 0 or assert_fraction > 1:
        raise ValueError("sparsity is no fraction of one")
    if scope not in ("layer", "global"):
        raise ValueError(f"unknown scope {scope!r}")
    clone = Sequential([copy.copy(layer) for layer in model.layers])
    sites = {name + ".weight": unit_layer for name, unit_layer in clone.named_modules() if isinstance(unit_layer, (Linear, Conv2d))}
    rows_of_scores = []
    for unit_layer in sites.values():
        rows_of_scores.append(size_of_weights(unit_layer.weight))
    if scope == "layer":
        cuts = list(map(lambda flat: losers(flat, target_count(sparsity, len(flat))), rows_of_scores))
    else:
        pool = np.concatenate(rows_of_scores)
        ends = np.cumsum([flat.size for flat in rows_of_scores])[:-1]
        cuts = np.split(losers(pool, target_count(sparsity, pool.size)), ends)
    mask_by_name = {}
    for (key, unit_layer), remove in zip(sites.items(), cuts):
        shape = unit_layer.weight.shape
        sparse = unit_layer.weight.copy()
        sparse[remove.reshape(shape)] = 0
        unit_layer.weight, mask_by_name[key] = sparse, ~remove.reshape(shape)
    return clone, mask_by_name
