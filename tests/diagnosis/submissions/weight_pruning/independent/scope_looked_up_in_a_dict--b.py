"""One-shot magnitude pruning for judge.nn networks."""

import copy
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def n_pruned(sparsity, n):
    _, digits, exponent = Decimal(repr(float(sparsity))).as_tuple()
    units = int("".join(map(str, digits)))
    if exponent >= 0:
        return units * 10**exponent * n
    return units * n // 10**-exponent


def prune_weights(model, sparsity, scope="layer"):
    inside = sparsity >= 0.0 and sparsity <= 1.0
    if not inside:
        raise ValueError("the fraction must lie between 0 and 1, got %r" % (sparsity,))
    working = copy.deepcopy(model)
    tables = [
        (name + ".weight", unit_layer, unit_layer.weight.flatten().tolist())
        for name, unit_layer in working.named_modules()
        if isinstance(unit_layer, (Linear, Conv2d))
    ]
    stays = [[True] * len(floats) for _, _, floats in tables]

    everyone = range(len(tables))
    partitions = {"layer": [[m] for m in everyone], "global": [list(everyone)]}
    for members in partitions[scope]:
        listing = [(abs(x), m, i) for m in members for i, x in enumerate(tables[m][2])]
        listing.sort()
        quota = n_pruned(sparsity, len(listing))
        for _, m, i in listing[:quota]:
            stays[m][i] = False

    kept_where = {}
    for (title, unit_layer, floats), flags in zip(tables, stays):
        shape, dtype = unit_layer.weight.shape, unit_layer.weight.dtype
        mask = np.asarray(flags).reshape(shape)
        unit_layer.weight = np.where(mask, unit_layer.weight, np.zeros(1, dtype))
        kept_where[title] = mask.astype(np.uint8)
    return working, kept_where
