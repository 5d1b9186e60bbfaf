"""Set a share of the weights to zero, smallest magnitude first."""

import copy
import math
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear, Residual


def count_for(sparsity, n):
    top, bottom = Decimal(repr(float(sparsity))).as_integer_ratio()
    return (top * n) // bottom


def size_of_weights(w):
    return np.fabs(w, dtype=np.float64).flatten()


def choose_least(scores, k):
    ascending = np.sort(scores)
    out = np.ones(scores.size, dtype=bool)
    if k < scores.size:
        edge = ascending[k]
        out = scores < edge
        missing = k - int(np.searchsorted(ascending, edge, side="left"))
        out[np.flatnonzero(scores == edge)[:missing]] = True
    return out


def prune_weights(model, sparsity, scope="layer"):
    if scope != "layer" and scope != "global":
        raise ValueError("scope is 'layer' or 'global'")
    if math.isnan(sparsity) or not (0.0 <= sparsity <= 1.0):
        raise TypeError(f"not a fraction: {sparsity!r}")
    final = copy.deepcopy(model)
    holders = []
    def explore(seq, path):
        for i, module in enumerate(seq.layers):
            if isinstance(module, Residual):
                explore(module.body, f"{path}{i}.body.")
                if module.shortcut is not None:
                    explore(module.shortcut, f"{path}{i}.shortcut.")
            elif isinstance(module, (Linear, Conv2d)):
                holders.append((f"{path}{i}.weight", module))

    explore(final, "")

    borders = [0]
    for _, module in holders:
        borders.append(borders[-1] + module.weight.size)
    strengths = np.concatenate([size_of_weights(module.weight) for _, module in holders])
    spans = list(zip(borders, borders[1:])) if scope == "layer" else [(0, strengths.size)]
    alive = np.ones(strengths.size, dtype=bool)
    for first, last in spans:
        alive[first:last][choose_least(strengths[first:last], count_for(sparsity, last - first))] = False
    mask_by_name = {}
    for (title, module), low, high in zip(holders, borders, borders[1:]):
        mask_by_name[title] = alive[low:high].reshape(module.weight.shape).copy()
        module.weight = np.multiply(module.weight, mask_by_name[title], dtype=module.weight.dtype)
    return final, mask_by_name
