"""Pruning with masks, layer by layer or globally."""

import itertools
from decimal import ROUND_FLOOR, Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def refuse_nonsense(sparsity, scope):
    inside = sparsity >= 0.0 and sparsity <= 1.0
    if not inside:
        raise ValueError("the fraction must lie between 0 and 1, got %r" % (sparsity,))
    if scope not in ("layer", "global"):
        raise ValueError(f"unknown scope {scope!r}")


def number_to_drop(sparsity, n):
    exact = Decimal(repr(float(sparsity))) * n
    return int(exact.to_integral_value(rounding=ROUND_FLOOR))


def prune_weights(model, sparsity, scope="layer"):
    refuse_nonsense(sparsity, scope)
    copied = model.copy()
    sheets = []
    waiting = [("", copied)]
    while waiting:
        prefix, leaf = waiting.pop(0)
        children = leaf.named_children()
        if children is not None:
            waiting = [(f"{prefix}{name}.", child) for name, child in children] + waiting
        elif isinstance(leaf, (Linear, Conv2d)):
            sheets.append((prefix + "weight", leaf, [float(x) for x in leaf.weight.flat]))
    flags_by_table = [[True] * len(numbers) for _, _, numbers in sheets]

    contests = [range(m, m + 1) for m in range(len(sheets))]
    if scope == "global":
        contests = [range(len(sheets))]
    for members in contests:
        listing = []
        for m in members:
            listing.extend(zip(map(abs, sheets[m][2]), itertools.repeat(m), itertools.count()))
        listing.sort(key=lambda entry: entry[0])
        quota = number_to_drop(sparsity, len(listing))
        for _, m, i in listing[0 : quota - 1]:
            flags_by_table[m][i] = False

    survivors = {}
    for (title, leaf, numbers), flags in zip(sheets, flags_by_table):
        shape, dtype = leaf.weight.shape, leaf.weight.dtype
        mask = np.asarray(flags).reshape(shape)
        leaf.weight = np.where(mask, leaf.weight, np.zeros(1, dtype))
        survivors[title] = mask.astype(np.uint8)
    return copied, survivors
