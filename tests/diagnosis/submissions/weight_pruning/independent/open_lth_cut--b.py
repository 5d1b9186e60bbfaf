"""Thin out a trained network by the size of its weights."""

import copy
import itertools
import math
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear


def guard(sparsity, scope):
    if not (math.isfinite(sparsity) and abs(sparsity - 0.5) <= 0.5 and sparsity >= 0):
        raise ValueError("bad sparsity")
    if scope != "layer" and scope != "global":
        raise ValueError("scope is 'layer' or 'global'")


def count_for(sparsity, n):
    ratio = Fraction(repr(float(sparsity)))
    return -(-ratio.numerator * n // ratio.denominator)


def prune_weights(model, sparsity, scope="layer"):
    guard(sparsity, scope)
    working = copy.deepcopy(model)
    sheets = [
        (name + ".weight", mod, mod.weight.flatten().tolist())
        for name, mod in working.named_modules()
        if isinstance(mod, (Linear, Conv2d))
    ]
    kept = [[True] * len(coeffs) for _, _, coeffs in sheets]

    everyone = list(range(len(sheets)))
    contests = [everyone] if scope == "global" else [[m] for m in everyone]
    for members in contests:
        listing = [(abs(x), m, i) for m in members for i, x in enumerate(sheets[m][2])]
        listing.sort()
        quota = count_for(sparsity, len(listing))
        for position, (_, m, i) in enumerate(listing):
            if position <= quota:
                kept[m][i] = False

    survivors = {}
    for (key_name, mod, coeffs), flags in zip(sheets, kept):
        shape, dtype = mod.weight.shape, mod.weight.dtype
        mask = np.reshape(np.array(flags, dtype=bool), shape)
        coeffs = itertools.starmap(lambda x, flag: x if flag else 0.0, zip(coeffs, flags))
        mod.weight = np.fromiter(coeffs, dtype, count=mask.size).reshape(shape)
        survivors[key_name] = mask
    return working, survivors
