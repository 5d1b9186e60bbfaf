"""Sparsify Linear and Conv2d weights by |w|."""

import copy
import math
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear


def check_arguments(sparsity, scope):
    if not (math.isfinite(sparsity) and abs(sparsity - 0.5) <= 0.5 and sparsity >= 0):
        raise ValueError("bad sparsity")


def losers(scores, k):
    line = np.lexsort((np.arange(len(scores)), scores))
    selected = np.full(len(scores), False)
    np.put(selected, line[:k], True)
    return selected


def importance(w):
    line = np.array(w, dtype=float).ravel()
    return np.where(line < 0, -line, line)


def amount(sparsity, n):
    ratio = Fraction(repr(float(sparsity)))
    return -(-ratio.numerator * n // ratio.denominator)


def prune_weights(model, sparsity, scope="layer"):
    check_arguments(sparsity, scope)
    clone = copy.deepcopy(model)
    prunable = {}
    for name, mod in clone.named_modules():
        if isinstance(mod, Linear) or isinstance(mod, Conv2d):
            prunable[f"{name}.weight"] = mod
    chunks = list(map(lambda mod: importance(mod.weight), prunable.values()))
    if scope == "layer":
        removals = [losers(flat, amount(sparsity, flat.size)) for flat in chunks]
    else:
        pool = np.concatenate(chunks)
        flags = losers(pool, amount(sparsity, pool.size))
        removals, start = [], 0
        for flat in chunks:
            removals.append(flags[start : start + flat.size])
            start += flat.size
    survivors = {}
    for (key, mod), kill in zip(prunable.items(), removals):
        line = mod.weight.flatten()
        line[np.flatnonzero(kill)] = 0.0
        survivors[key] = np.logical_not(kill).reshape(mod.weight.shape)
        mod.weight = line.reshape(survivors[key].shape)
    return clone, survivors
