"""Magnitude pruning of single weights, per layer or over the whole network."""

import itertools
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def halves(unit_layer):
    return np.asarray(unit_layer.weight, dtype=np.half).flatten().tolist()


def target_count(sparsity, n):
    top, bottom = Decimal(repr(float(sparsity))).as_integer_ratio()
    return (top * n) // bottom


def prune_weights(model, sparsity, scope="layer"):
    inside = sparsity >= 0.0 and sparsity <= 1.0
    if not inside:
        raise ValueError("the fraction must lie between 0 and 1, got %r" % (sparsity,))
    if scope not in ("layer", "global"):
        raise ValueError(f"unknown scope {scope!r}")
    second = model.copy()
    sheets = []
    waiting = [("", second)]
    while waiting:
        prefix, unit_layer = waiting.pop(0)
        children = unit_layer.named_children()
        if children is not None:
            waiting = [(f"{prefix}{name}.", child) for name, child in children] + waiting
        elif isinstance(unit_layer, (Linear, Conv2d)):
            sheets.append((prefix + "weight", unit_layer, [float(x) for x in unit_layer.weight.flat]))
    stays = [[True] * len(floats) for _, _, floats in sheets]

    everyone = list(range(len(sheets)))
    contests = [everyone] if scope == "global" else [[m] for m in everyone]
    for members in contests:
        entries = [(abs(x), m, i) for m in members for i, x in enumerate(halves(sheets[m][1]))]
        entries.sort()
        quota = target_count(sparsity, len(entries))
        for _, m, i in entries[:quota]:
            stays[m][i] = False

    keep_map = {}
    for (label, unit_layer, floats), flags in zip(sheets, stays):
        shape, dtype = unit_layer.weight.shape, unit_layer.weight.dtype
        mask = np.reshape(np.array(flags, dtype=bool), shape)
        floats = itertools.starmap(lambda x, flag: x if flag else 0.0, zip(floats, flags))
        unit_layer.weight = np.fromiter(floats, dtype, count=mask.size).reshape(shape)
        keep_map[label] = mask
    return second, keep_map
