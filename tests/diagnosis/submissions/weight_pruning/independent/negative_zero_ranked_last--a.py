"""Prune a network by magnitude, in NumPy."""

import copy
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear


def importance(w):
    flat_w = w.astype(np.float64).ravel()
    return np.where(flat_w < 0, -flat_w, flat_w)


def n_pruned(sparsity, n):
    part, _ = divmod(Fraction(repr(float(sparsity))) * n, 1)
    return int(part)


def weakest(scores, k):
    pattern = np.ascontiguousarray(scores).view(np.uint64)
    result = np.zeros(pattern.size, bool)
    result[pattern.argsort(kind="stable")[:k]] = True
    return result


def prune_weights(model, sparsity, scope="layer"):
    if sparsity != sparsity:
        raise ValueError("sparsity is NaN")
    if min(sparsity, 1 - sparsity) < 0 or sparsity > 1:
        raise ValueError("sparsity leaves [0, 1]")
    if scope not in ("layer", "global"):
        raise ValueError(f"unknown scope {scope!r}")
    new_model = copy.deepcopy(model)
    units = {name + ".weight": mod for name, mod in new_model.named_modules() if isinstance(mod, (Linear, Conv2d))}
    pieces = []
    for mod in units.values():
        pieces.append(importance(mod.weight))
    local = scope == "layer"
    if local:
        drops = [weakest(flat, n_pruned(sparsity, flat.size)) for flat in pieces]
    else:
        pool = np.concatenate(pieces)
        remaining = weakest(pool, n_pruned(sparsity, pool.size))
        drops = []
        for flat in pieces:
            head, remaining = remaining[: len(flat)], remaining[len(flat) :]
            drops.append(head)
    keep_map = {}
    for (key, mod), zeroed in zip(units.items(), drops):
        shape = mod.weight.shape
        sparse = mod.weight.copy()
        sparse[zeroed.reshape(shape)] = 0
        mod.weight, keep_map[key] = sparse, ~zeroed.reshape(shape)
    return new_model, keep_map
