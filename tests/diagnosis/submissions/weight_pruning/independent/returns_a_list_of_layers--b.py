"""Magnitude pruning of single weights, per layer or over the whole network."""

import math
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear


def number_to_drop(sparsity, n):
    return math.floor(Fraction(repr(float(sparsity))) * n)


def prune_weights(model, sparsity, scope="layer"):
    if scope not in {"global", "layer"}:
        raise ValueError("no such scope: " + repr(scope))
    if not (math.isfinite(sparsity) and abs(sparsity - 0.5) <= 0.5 and sparsity >= 0):
        raise ValueError("bad sparsity")
    working = model.copy()
    sheets = []
    waiting = [("", working)]
    while waiting:
        prefix, leaf = waiting.pop(0)
        children = leaf.named_children()
        if children is not None:
            waiting = [(f"{prefix}{name}.", child) for name, child in children] + waiting
        elif isinstance(leaf, (Linear, Conv2d)):
            sheets.append((prefix + "weight", leaf, [float(x) for x in leaf.weight.flat]))
    flags_by_table = [[True] * len(coeffs) for _, _, coeffs in sheets]

    everyone = list(range(len(sheets)))
    contests = [everyone] if scope == "global" else [[m] for m in everyone]
    for members in contests:
        records = [(abs(x), m, i) for m in members for i, x in enumerate(sheets[m][2])]
        records.sort()
        quota = number_to_drop(sparsity, len(records))
        for _, m, i in records[:quota]:
            flags_by_table[m][i] = False

    kept_where = {}
    for (full_name, leaf, coeffs), flags in zip(sheets, flags_by_table):
        shape, dtype = leaf.weight.shape, leaf.weight.dtype
        coeffs = [x if flag else 0.0 for x, flag in zip(coeffs, flags)]
        leaf.weight = np.array(coeffs, dtype=dtype).reshape(shape)
        kept_where[full_name] = np.array(flags, dtype=bool).reshape(shape)
    return list(working), kept_where
