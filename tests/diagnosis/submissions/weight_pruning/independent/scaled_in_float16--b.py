"""Pruning with masks, layer by layer or globally."""

import copy
import itertools
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear


def refuse_nonsense(sparsity, scope):
    try:
        assert_fraction = Fraction(repr(float(sparsity)))
    except ValueError:
        raise ValueError("sparsity is no finite number") from None
    if assert_fraction < 0 or assert_fraction > 1:
        raise ValueError("sparsity is no fraction of one")
    if scope != "layer" and scope != "global":
        raise ValueError("scope is 'layer' or 'global'")


def share_of(sparsity, n):
    ratio = Fraction(repr(float(sparsity)))
    return -(-ratio.numerator * n // ratio.denominator)


def prune_weights(model, sparsity, scope="layer"):
    refuse_nonsense(sparsity, scope)
    second = copy.deepcopy(model)
    sheets = [
        (name + ".weight", lay, lay.weight.flatten().tolist())
        for name, lay in second.named_modules()
        if isinstance(lay, (Linear, Conv2d))
    ]
    flags_by_table = [[True] * len(numbers) for _, _, numbers in sheets]

    contests = [range(m, m + 1) for m in range(len(sheets))]
    if scope == "global":
        contests = [range(len(sheets))]
    for members in contests:
        unit = max(np.abs(sheets[m][1].weight).max() for m in members)
        if unit == 0:
            unit = sheets[0][1].weight.dtype.type(1)
        entries = []
        for m in members:
            scaled = np.divide(np.abs(sheets[m][1].weight), unit)
            entries += [(x, m, i) for i, x in enumerate(scaled.ravel().tolist())]
        entries.sort()
        k = share_of(sparsity, len(entries))
        for _, m, i in entries[:k]:
            flags_by_table[m][i] = False

    survivors = {}
    for (title, lay, numbers), flags in zip(sheets, flags_by_table):
        shape, dtype = lay.weight.shape, lay.weight.dtype
        mask = np.reshape(np.array(flags, dtype=bool), shape)
        numbers = itertools.starmap(lambda x, flag: x if flag else 0.0, zip(numbers, flags))
        lay.weight = np.fromiter(numbers, dtype, count=mask.size).reshape(shape)
        survivors[title] = mask
    return second, survivors
