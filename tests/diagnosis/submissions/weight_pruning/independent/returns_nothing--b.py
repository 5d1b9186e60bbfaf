"""Set a share of the weights to zero, smallest magnitude first."""

import copy
import math
from decimal import Decimal

import numpy as np


def validate(sparsity, scope):
    if not (math.isfinite(sparsity) and abs(sparsity - 0.5) <= 0.5 and sparsity >= 0):
        raise ValueError("bad sparsity")
    if scope not in {"global", "layer"}:
        raise ValueError("no such scope: " + repr(scope))


def select(scores, k):
    strengths = scores.tolist()
    places = sorted(range(len(strengths)), key=strengths.__getitem__)
    zap = [False] * len(strengths)
    for place in places[:k]:
        zap[place] = True
    return np.array(zap, dtype=bool)


def budget(sparsity, n):
    return math.ceil(Decimal(repr(float(sparsity))) * n)


def flat_abs(w):
    return np.fabs(w, dtype=np.float64).flatten()


def prune_weights(model, sparsity, scope="layer"):
    validate(sparsity, scope)
    pruned = copy.deepcopy(model)
    leaves = dict(
        (".".join([name, "weight"]), mod)
        for name, mod in pruned.named_modules()
        if hasattr(mod, "weight") and mod.weight.ndim in (2, 4)
    )
    flats = []
    for mod in leaves.values():
        flats.append(flat_abs(mod.weight))
    local = scope == "layer"
    if local:
        victims = []
        for flat in flats:
            k = budget(sparsity, flat.size)
            victims.append(select(flat, k))
    else:
        pool = np.concatenate(flats)
        flags = select(pool, budget(sparsity, pool.size))
        victims, start = [], 0
        for flat in flats:
            victims.append(flags[start : start + flat.size])
            start += flat.size
    out_masks = {}
    for (key, mod), drop in zip(leaves.items(), victims):
        line = mod.weight.flatten()
        line[np.flatnonzero(drop)] = 0.0
        out_masks[key] = np.logical_not(drop).reshape(mod.weight.shape)
        mod.weight = line.reshape(out_masks[key].shape)
    pruned, out_masks
