"""Prune a network by magnitude, in NumPy."""

import copy
import itertools
import math
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def check_arguments(sparsity, scope):
    if math.isnan(sparsity) or sparsity < 0 or sparsity > 1:
        raise ValueError("sparsity has to be a fraction")
    if scope not in ("layer", "global"):
        raise ValueError(f"unknown scope {scope!r}")


def budget(sparsity, n):
    _, digits, exponent = Decimal(repr(float(sparsity))).as_tuple()
    units = int("".join(map(str, digits)))
    if exponent >= 0:
        return units * 10**exponent * n
    return units * n // 10**-exponent


def prune_weights(model, sparsity, scope="layer"):
    check_arguments(sparsity, scope)
    second = copy.deepcopy(model)
    sheets = []
    waiting = [("", second)]
    while waiting:
        prefix, lay = waiting.pop(0)
        children = lay.named_children()
        if children is not None:
            waiting = [(f"{prefix}{name}.", child) for name, child in children] + waiting
        elif isinstance(lay, (Linear, Conv2d)):
            sheets.append((prefix + "weight", lay, [float(x) for x in lay.weight.flat]))
    flags_by_table = [[True] * len(coeffs) for _, _, coeffs in sheets]

    everyone = list(range(len(sheets)))
    contests = [everyone] if scope == "global" else [[m] for m in everyone]
    for members in contests:
        everything = [(abs(x), m, i) for m in members for i, x in enumerate(sheets[m][2])]
        k = budget(sparsity, len(everything))
        live = sorted(entry for entry in everything if entry[0] > 0)[:k]
        for _, m, i in live + [entry for entry in everything if entry[0] == 0]:
            flags_by_table[m][i] = False

    keep_map = {}
    for (key_name, lay, coeffs), flags in zip(sheets, flags_by_table):
        shape, dtype = lay.weight.shape, lay.weight.dtype
        mask = np.reshape(np.array(flags, dtype=bool), shape)
        coeffs = itertools.starmap(lambda x, flag: x if flag else 0.0, zip(coeffs, flags))
        lay.weight = np.fromiter(coeffs, dtype, count=mask.size).reshape(shape)
        keep_map[key_name] = mask
    return second, keep_map
