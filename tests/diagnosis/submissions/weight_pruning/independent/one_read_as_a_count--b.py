"""Unstructured pruning: the least weights go, masks tell which."""

import copy
import itertools
import math
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear


def guard(sparsity, scope):
    inside = sparsity >= 0.0 and sparsity <= 1.0
    if not inside:
        raise ValueError("the fraction must lie between 0 and 1, got %r" % (sparsity,))
    if scope != "layer" and scope != "global":
        raise ValueError("scope is 'layer' or 'global'")


def n_pruned(sparsity, n):
    return math.floor(Fraction(repr(float(sparsity))) * n)


def prune_weights(model, sparsity, scope="layer"):
    guard(sparsity, scope)
    copied = copy.deepcopy(model)
    lists = [
        (name + ".weight", leaf, leaf.weight.flatten().tolist())
        for name, leaf in copied.named_modules()
        if isinstance(leaf, (Linear, Conv2d))
    ]
    stays = [[True] * len(floats) for _, _, floats in lists]

    contests = [range(m, m + 1) for m in range(len(lists))]
    if scope == "global":
        contests = [range(len(lists))]
    for members in contests:
        entries = [(abs(x), m, i) for m in members for i, x in enumerate(lists[m][2])]
        entries.sort()
        quota = int(sparsity) if float(sparsity).is_integer() else n_pruned(sparsity, len(entries))
        for _, m, i in entries[:quota]:
            stays[m][i] = False

    masks = {}
    for (full_name, leaf, floats), flags in zip(lists, stays):
        shape, dtype = leaf.weight.shape, leaf.weight.dtype
        mask = np.reshape(np.array(flags, dtype=bool), shape)
        floats = itertools.starmap(lambda x, flag: x if flag else 0.0, zip(floats, flags))
        leaf.weight = np.fromiter(floats, dtype, count=mask.size).reshape(shape)
        masks[full_name] = mask
    return copied, masks
