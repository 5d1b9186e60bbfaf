"""Solution for weight pruning."""

import copy
import math
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def share_of(sparsity, n):
    return math.ceil(Decimal(repr(float(sparsity))) * n)


def prune_weights(model, sparsity, scope="layer"):
    if scope not in ("layer", "global"):
        raise ValueError(f"unknown scope {scope!r}")
    if sparsity != sparsity:
        raise ValueError("sparsity is NaN")
    if min(sparsity, 1 - sparsity) < 0 or sparsity > 1:
        raise ValueError("sparsity leaves [0, 1]")
    working = copy.deepcopy(model)
    lists = []
    waiting = [("", working)]
    while waiting:
        prefix, leaf = waiting.pop(0)
        children = leaf.named_children()
        if children is not None:
            waiting = [(f"{prefix}{name}.", child) for name, child in children] + waiting
        elif isinstance(leaf, (Linear, Conv2d)):
            lists.append((prefix + "weight", leaf, [float(x) for x in leaf.weight.flat]))
    flags_by_table = [[True] * len(numbers) for _, _, numbers in lists]

    everyone = range(len(lists))
    for members in [list(everyone)] if scope == "global" else [[m] for m in everyone]:
        listing = sorted((abs(x), m, i) for m in members for i, x in enumerate(lists[m][2]))
        quota = share_of(sparsity, len(listing))
        limit = listing[quota - 1][0] if quota else -1.0
        for size, m, i in listing:
            if size <= limit:
                flags_by_table[m][i] = False

    keep_map = {}
    for (label, leaf, numbers), flags in zip(lists, flags_by_table):
        shape, dtype = leaf.weight.shape, leaf.weight.dtype
        mask = np.asarray(flags).reshape(shape)
        leaf.weight = np.where(mask, leaf.weight, np.zeros(1, dtype))
        keep_map[label] = mask.astype(np.uint8)
    return working, keep_map
