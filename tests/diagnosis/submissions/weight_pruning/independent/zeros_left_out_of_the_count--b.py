"""Prune a network by magnitude, in NumPy."""

import math
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear


def amount(sparsity, n):
    return math.floor(Fraction(repr(float(sparsity))) * n)


def prune_weights(model, sparsity, scope="layer"):
    if scope != "layer" and scope != "global":
        raise ValueError("scope is 'layer' or 'global'")
    if not 0 <= sparsity <= 1:
        raise ValueError(f"sparsity {sparsity!r} is outside [0, 1]")
    second = model.copy()
    sheets = []
    waiting = [("", second)]
    while waiting:
        prefix, owner = waiting.pop(0)
        children = owner.named_children()
        if children is not None:
            waiting = [(f"{prefix}{name}.", child) for name, child in children] + waiting
        elif isinstance(owner, (Linear, Conv2d)):
            sheets.append((prefix + "weight", owner, [float(x) for x in owner.weight.flat]))
    stays = [[True] * len(numbers) for _, _, numbers in sheets]

    contests = [range(m, m + 1) for m in range(len(sheets))]
    if scope == "global":
        contests = [range(len(sheets))]
    for members in contests:
        listing = []
        for m in members:
            for i, x in enumerate(sheets[m][2]):
                if x == 0:
                    stays[m][i] = False
                else:
                    listing.append((abs(x), m, i))
        listing.sort()
        for _, m, i in listing[: amount(sparsity, len(listing))]:
            stays[m][i] = False

    survivors = {}
    for (key_name, owner, numbers), flags in zip(sheets, stays):
        shape, dtype = owner.weight.shape, owner.weight.dtype
        numbers = [x if flag else 0.0 for x, flag in zip(numbers, flags)]
        owner.weight = np.array(numbers, dtype=dtype).reshape(shape)
        survivors[key_name] = np.array(flags, dtype=bool).reshape(shape)
    return second, survivors
