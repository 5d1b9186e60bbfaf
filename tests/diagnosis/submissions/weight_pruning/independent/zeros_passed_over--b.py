"""Weights of least magnitude are zeroed; returns the new network and its masks."""

import copy
import math
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def refuse_nonsense(sparsity, scope):
    if not (math.isfinite(sparsity) and abs(sparsity - 0.5) <= 0.5 and sparsity >= 0):
        raise ValueError("bad sparsity")
    if scope not in {"global", "layer"}:
        raise ValueError("no such scope: " + repr(scope))


def target_count(sparsity, n):
    top, bottom = Decimal(repr(float(sparsity))).as_integer_ratio()
    return (top * n) // bottom


def prune_weights(model, sparsity, scope="layer"):
    refuse_nonsense(sparsity, scope)
    second = copy.deepcopy(model)
    tables = []
    waiting = [("", second)]
    while waiting:
        prefix, mod = waiting.pop(0)
        children = mod.named_children()
        if children is not None:
            waiting = [(f"{prefix}{name}.", child) for name, child in children] + waiting
        elif isinstance(mod, (Linear, Conv2d)):
            tables.append((prefix + "weight", mod, [float(x) for x in mod.weight.flat]))
    kept = [[True] * len(floats) for _, _, floats in tables]

    everyone = list(range(len(tables)))
    contests = [everyone] if scope == "global" else [[m] for m in everyone]
    for members in contests:
        records = [(abs(x), m, i) for m in members for i, x in enumerate(tables[m][2])]
        records.sort(key=lambda entry: (entry[0] == 0, entry[0]))
        k = target_count(sparsity, len(records))
        for _, m, i in records[:k]:
            kept[m][i] = False

    out_masks = {}
    for (label, mod, floats), flags in zip(tables, kept):
        shape, dtype = mod.weight.shape, mod.weight.dtype
        mask = np.asarray(flags).reshape(shape)
        mod.weight = np.where(mask, mod.weight, np.zeros(1, dtype))
        out_masks[label] = mask.astype(np.uint8)
    return second, out_masks
