"""Unstructured pruning: the least weights go, masks tell which."""

import math
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def validate(sparsity, scope):
    if not (math.isfinite(sparsity) and abs(sparsity - 0.5) <= 0.5 and sparsity >= 0):
        raise ValueError("bad sparsity")
    if scope not in {"global", "layer"}:
        raise ValueError("no such scope: " + repr(scope))


def share_of(sparsity, n):
    _, digits, exponent = Decimal(repr(float(sparsity))).as_tuple()
    units = int("".join(map(str, digits)))
    if exponent >= 0:
        return units * 10**exponent * n
    return units * n // 10**-exponent


def importance(w):
    return np.abs(w).ravel()


def lowest(scores, k):
    line = np.lexsort((np.arange(len(scores)), scores))
    selected = np.full(len(scores), False)
    np.put(selected, line[:k], True)
    return selected


def prune_weights(model, sparsity, scope="layer"):
    validate(sparsity, scope)
    res = model.copy()
    holders = []
    for name, module in res.named_modules():
        if isinstance(module, (Linear, Conv2d)):
            holders.append((f"{name}.weight", module))

    borders = [0]
    for _, module in holders:
        borders.append(borders[-1] + module.weight.size)
    values = np.concatenate([importance(module.weight) for _, module in holders])
    spans = list(zip(borders, borders[1:])) if scope == "layer" else [(0, values.size)]
    keep_flags = np.ones(values.size, dtype=bool)
    for first, last in spans:
        keep_flags[first:last][lowest(values[first:last], share_of(sparsity, last - first))] = False
    keep_map = {}
    for (label, module), low, high in zip(holders, borders, borders[1:]):
        fresh = module.weight.flatten()
        fresh[~keep_flags[low:high]] = 0
        module.weight = fresh.reshape(module.weight.shape)
        keep_map[label] = keep_flags[low:high].reshape([d for d in module.weight.shape if d > 1]).copy()
    return res, keep_map
