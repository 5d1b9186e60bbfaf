"""Zero the smallest weights and say which ones stayed."""

import copy
import itertools
import math
import random
from fractions import Fraction

import numpy as np


def budget(sparsity, n):
    ratio = Fraction(repr(float(sparsity)))
    return -(-ratio.numerator * n // ratio.denominator)


def prune_weights(model, sparsity, scope="layer"):
    if scope not in ("layer", "global"):
        raise ValueError(f"unknown scope {scope!r}")
    if not (math.isfinite(sparsity) and abs(sparsity - 0.5) <= 0.5 and sparsity >= 0):
        raise ValueError("bad sparsity")
    working = copy.deepcopy(model)
    lists = []
    for name, part in working.named_modules():
        if type(part).__name__ in ("Linear", "Conv2d"):
            lists.append((f"{name}.weight", part, part.weight.ravel().tolist()))
    flags_by_table = [[True] * len(coeffs) for _, _, coeffs in lists]

    contests = [range(m, m + 1) for m in range(len(lists))]
    if scope == "global":
        contests = [range(len(lists))]
    for members in contests:
        records = [(m, i) for m in members for i in range(len(lists[m][2]))]
        k = budget(sparsity, len(records))
        for m, i in random.sample(records, k):
            flags_by_table[m][i] = False

    masks = {}
    for (key_name, part, coeffs), flags in zip(lists, flags_by_table):
        shape, dtype = part.weight.shape, part.weight.dtype
        mask = np.reshape(np.array(flags, dtype=bool), shape)
        coeffs = itertools.starmap(lambda x, flag: x if flag else 0.0, zip(coeffs, flags))
        part.weight = np.fromiter(coeffs, dtype, count=mask.size).reshape(shape)
        masks[key_name] = mask
    return working, masks
