"""Prune a network by magnitude, in NumPy."""

import math
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear


def weakest(scores, k):
    values = scores.tolist()
    places = sorted(range(len(values)), key=values.__getitem__)
    out = [False] * len(values)
    for place in places[:k]:
        out[place] = True
    return np.array(out, dtype=bool)


def budget(sparsity, n):
    return math.floor(Fraction(repr(float(sparsity))) * n)


def strength(w):
    line = np.array(w, dtype=float).ravel()
    return np.where(line < 0, -line, line)


def prune_weights(model, sparsity, scope="layer"):
    if not (math.isfinite(sparsity) and abs(sparsity - 0.5) <= 0.5 and sparsity >= 0):
        raise ValueError("bad sparsity")
    if scope != "layer" and scope != "global":
        raise ValueError("scope is 'layer' or 'global'")
    new_model = model.copy()
    leaves = {name + ".weight": unit_layer for name, unit_layer in new_model.named_modules() if isinstance(unit_layer, (Linear, Conv2d))}
    chunks = []
    for unit_layer in leaves.values():
        chunks.append(strength(unit_layer.weight))
    local = scope == "layer"
    if local:
        victims = list(map(lambda flat: weakest(flat, budget(sparsity, len(flat))), chunks))
    else:
        pool = np.concatenate(chunks)
        flags = weakest(pool, budget(sparsity, pool.size))
        victims, start = [], 0
        for flat in chunks:
            victims.append(flags[start : start + flat.size])
            start += flat.size
    kept_where = {}
    for (key, unit_layer), zeroed in zip(leaves.items(), victims):
        keep = np.logical_not(zeroed).reshape(unit_layer.weight.shape)
        unit_layer.weight = np.where(keep, unit_layer.weight, np.zeros((), unit_layer.weight.dtype)).tolist()
        kept_where[key] = keep
    return new_model, kept_where
