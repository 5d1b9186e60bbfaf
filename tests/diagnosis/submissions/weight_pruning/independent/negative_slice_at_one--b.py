"""Unstructured pruning: the least weights go, masks tell which."""

import itertools
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def check_arguments(sparsity, scope):
    inside = sparsity >= 0.0 and sparsity <= 1.0
    if not inside:
        raise ValueError("the fraction must lie between 0 and 1, got %r" % (sparsity,))
    if scope not in ("layer", "global"):
        raise ValueError(f"unknown scope {scope!r}")


def target_count(sparsity, n):
    _, digits, exponent = Decimal(repr(float(sparsity))).as_tuple()
    units = int("".join(map(str, digits)))
    if exponent >= 0:
        return units * 10**exponent * n
    return units * n // 10**-exponent


def prune_weights(model, sparsity, scope="layer"):
    check_arguments(sparsity, scope)
    second = model.copy()
    sheets = []
    waiting = [("", second)]
    while waiting:
        prefix, part = waiting.pop(0)
        children = part.named_children()
        if children is not None:
            waiting = [(f"{prefix}{name}.", child) for name, child in children] + waiting
        elif isinstance(part, (Linear, Conv2d)):
            sheets.append((prefix + "weight", part, [float(x) for x in part.weight.flat]))
    flags_by_table = [[False] * len(coeffs) for _, _, coeffs in sheets]

    contests = [range(m, m + 1) for m in range(len(sheets))]
    if scope == "global":
        contests = [range(len(sheets))]
    for members in contests:
        records = []
        for m in members:
            records.extend(zip(map(abs, sheets[m][2]), itertools.repeat(m), itertools.count()))
        records.sort(key=lambda entry: entry[0])
        quota = target_count(sparsity, len(records))
        remaining = len(records) - quota
        for _, m, i in records[-remaining:]:
            flags_by_table[m][i] = True

    out_masks = {}
    for (key_name, part, coeffs), flags in zip(sheets, flags_by_table):
        shape, dtype = part.weight.shape, part.weight.dtype
        mask = np.reshape(np.array(flags, dtype=bool), shape)
        coeffs = itertools.starmap(lambda x, flag: x if flag else 0.0, zip(coeffs, flags))
        part.weight = np.fromiter(coeffs, dtype, count=mask.size).reshape(shape)
        out_masks[key_name] = mask
    return second, out_masks
