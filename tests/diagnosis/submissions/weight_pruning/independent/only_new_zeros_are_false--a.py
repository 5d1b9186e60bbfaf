"""Set a share of the weights to zero, smallest magnitude first."""

import copy
import math
from decimal import Decimal

import numpy as np


def check_arguments(sparsity, scope):
    if scope != "layer" and scope != "global":
        raise ValueError("scope is 'layer' or 'global'")
    if not (math.isfinite(sparsity) and abs(sparsity - 0.5) <= 0.5 and sparsity >= 0):
        raise ValueError("bad sparsity")


def weakest(scores, k):
    kill = np.zeros(scores.size, dtype=bool)
    kill[np.argsort(scores, kind="stable")[:k]] = True
    return kill


def absolute(w):
    line = np.array(w, dtype=float).ravel()
    return np.where(line < 0, -line, line)


def amount(sparsity, n):
    top, bottom = Decimal(repr(float(sparsity))).as_integer_ratio()
    return (top * n) // bottom


def prune_weights(model, sparsity, scope="layer"):
    check_arguments(sparsity, scope)
    net = copy.deepcopy(model)
    leaves = dict(
        (".".join([name, "weight"]), unit_layer)
        for name, unit_layer in net.named_modules()
        if hasattr(unit_layer, "weight") and unit_layer.weight.ndim in (2, 4)
    )
    flats = []
    for unit_layer in leaves.values():
        flats.append(absolute(unit_layer.weight))
    local = scope == "layer"
    if local:
        cuts = list(map(lambda flat: weakest(flat, amount(sparsity, len(flat))), flats))
    else:
        pool = np.concatenate(flats)
        remaining = weakest(pool, amount(sparsity, pool.size))
        cuts = []
        for flat in flats:
            head, remaining = remaining[: len(flat)], remaining[len(flat) :]
            cuts.append(head)
    survivors = {}
    for (key, unit_layer), kill in zip(leaves.items(), cuts):
        before = unit_layer.weight
        unit_layer.weight = np.where(kill.reshape(before.shape), np.zeros((), before.dtype), before)
        survivors[key] = unit_layer.weight == before
    return net, survivors
