"""Pruning with masks, layer by layer or globally."""

import itertools
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def share_of(sparsity, n):
    top, bottom = Decimal(repr(float(sparsity))).as_integer_ratio()
    return (top * n) // bottom


def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1:
        raise ValueError(f"sparsity {sparsity!r} is outside [0, 1]")
    if scope != "layer" and scope != "global":
        raise ValueError("scope is 'layer' or 'global'")
    second = model.copy()
    lists = []
    waiting = [("", second)]
    while waiting:
        prefix, part = waiting.pop(0)
        children = part.named_children()
        if children is not None:
            waiting = [(f"{prefix}{name}.", child) for name, child in children] + waiting
        elif isinstance(part, (Linear, Conv2d)):
            lists.append((prefix + "weight", part, [float(x) for x in part.weight.flat]))
    kept = [[True] * len(coeffs) for _, _, coeffs in lists]

    everyone = range(len(lists))
    for members in [list(everyone)] if scope == "global" else [[m] for m in everyone]:
        records = [(round(abs(x), 3), m, i) for m in members for i, x in enumerate(lists[m][2])]
        records.sort()
        quota = share_of(sparsity, len(records))
        for _, m, i in records[:quota]:
            kept[m][i] = False

    mask_by_name = {}
    for (key_name, part, coeffs), flags in zip(lists, kept):
        shape, dtype = part.weight.shape, part.weight.dtype
        mask = np.reshape(np.array(flags, dtype=bool), shape)
        coeffs = itertools.starmap(lambda x, flag: x if flag else 0.0, zip(coeffs, flags))
        part.weight = np.fromiter(coeffs, dtype, count=mask.size).reshape(shape)
        mask_by_name[key_name] = mask
    return second, mask_by_name
