"""Set a share of the weights to zero, smallest magnitude first."""

import copy
import math
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def number_to_drop(sparsity, n):
    return math.ceil(Decimal(repr(float(sparsity))) * n)


def prune_weights(model, sparsity, scope="layer"):
    if not math.isfinite(sparsity) or sparsity > 1.0:
        raise ValueError(f"{sparsity} is too much")
    if scope not in ("layer", "global"):
        raise ValueError(f"unknown scope {scope!r}")
    copied = copy.deepcopy(model)
    sheets = [
        (name + ".weight", leaf, leaf.weight.flatten().tolist())
        for name, leaf in copied.named_modules()
        if isinstance(leaf, (Linear, Conv2d))
    ]
    flags_by_table = [[True] * len(floats) for _, _, floats in sheets]

    everyone = list(range(len(sheets)))
    contests = [everyone] if scope == "global" else [[m] for m in everyone]
    for members in contests:
        listing = [(abs(x), m, i) for m in members for i, x in enumerate(sheets[m][2])]
        listing.sort()
        quota = number_to_drop(sparsity, len(listing))
        for _, m, i in listing[:quota]:
            flags_by_table[m][i] = False

    survivors = {}
    for (label, leaf, floats), flags in zip(sheets, flags_by_table):
        shape, dtype = leaf.weight.shape, leaf.weight.dtype
        mask = np.asarray(flags).reshape(shape)
        leaf.weight = np.where(mask, leaf.weight, np.zeros(1, dtype))
        survivors[label] = mask.astype(np.uint8)
    return copied, survivors
