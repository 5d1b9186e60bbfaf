"""Solution for weight pruning."""

import copy
import math
from fractions import Fraction

import numpy as np


def refuse_nonsense(sparsity, scope):
    if scope not in {"global", "layer"}:
        raise ValueError("no such scope: " + repr(scope))
    if not (math.isfinite(sparsity) and abs(sparsity - 0.5) <= 0.5 and sparsity >= 0):
        raise ValueError("bad sparsity")


def count_for(sparsity, n):
    part, _ = divmod(Fraction(repr(float(sparsity))) * n, 1)
    return int(part)


def prune_weights(model, sparsity, scope="layer"):
    refuse_nonsense(sparsity, scope)
    copied = copy.deepcopy(model)
    tables = []
    for name, lay in copied.named_modules():
        if type(lay).__name__ in ("Linear", "Conv2d"):
            tables.append((f"{name}.weight", lay, lay.weight.ravel().tolist()))
    flags_by_table = [[True] * len(floats) for _, _, floats in tables]

    everyone = list(range(len(tables)))
    contests = [everyone] if scope == "global" else [[m] for m in everyone]
    for members in contests:
        records = [(x, m, i) for m in members for i, x in enumerate(tables[m][2])]
        records.sort()
        quota = count_for(sparsity, len(records))
        for _, m, i in records[:quota]:
            flags_by_table[m][i] = False

    keep_map = {}
    for (full_name, lay, floats), flags in zip(tables, flags_by_table):
        shape, dtype = lay.weight.shape, lay.weight.dtype
        floats = [x if flag else 0.0 for x, flag in zip(floats, flags)]
        lay.weight = np.array(floats, dtype=dtype).reshape(shape)
        keep_map[full_name] = np.array(flags, dtype=bool).reshape(shape)
    return copied, keep_map
