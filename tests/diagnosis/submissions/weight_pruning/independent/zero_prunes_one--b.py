"""Magnitude pruning of single weights, per layer or over the whole network."""

import math
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def amount(sparsity, n):
    return math.ceil(Decimal(repr(float(sparsity))) * n)


def prune_weights(model, sparsity, scope="layer"):
    if math.isnan(sparsity) or sparsity < 0 or sparsity > 1:
        raise ValueError("sparsity has to be a fraction")
    known = ["layer", "global"]
    if known.count(scope) == 0:
        raise ValueError(f"scope must be one of {known}")
    second = model.copy()
    sheets = []
    waiting = [("", second)]
    while waiting:
        prefix, part = waiting.pop(0)
        children = part.named_children()
        if children is not None:
            waiting = [(f"{prefix}{name}.", child) for name, child in children] + waiting
        elif isinstance(part, (Linear, Conv2d)):
            sheets.append((prefix + "weight", part, [float(x) for x in part.weight.flat]))
    flags_by_table = [[True] * len(numbers) for _, _, numbers in sheets]

    contests = [range(m, m + 1) for m in range(len(sheets))]
    if scope == "global":
        contests = [range(len(sheets))]
    for members in contests:
        records = [(abs(x), m, i) for m in members for i, x in enumerate(sheets[m][2])]
        records.sort()
        k = amount(sparsity, len(records)) or 1
        for _, m, i in records[:k]:
            flags_by_table[m][i] = False

    keep_map = {}
    for (label, part, numbers), flags in zip(sheets, flags_by_table):
        shape, dtype = part.weight.shape, part.weight.dtype
        mask = np.asarray(flags).reshape(shape)
        part.weight = np.where(mask, part.weight, np.zeros(1, dtype))
        keep_map[label] = mask.astype(np.uint8)
    return second, keep_map
