"""Solution for weight pruning."""

import itertools
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear


def refuse_nonsense(sparsity, scope):
    inside = sparsity >= 0.0 and sparsity <= 1.0
    if not inside:
        raise ValueError("the fraction must lie between 0 and 1, got %r" % (sparsity,))
    if scope not in {"global", "layer"}:
        raise ValueError("no such scope: " + repr(scope))


def share_of(sparsity, n):
    part, _ = divmod(Fraction(repr(float(sparsity))) * n, 1)
    return int(part)


def prune_weights(model, sparsity, scope="layer"):
    refuse_nonsense(sparsity, scope)
    copied = model.copy()
    tables = []
    waiting = [("", copied)]
    while waiting:
        prefix, leaf = waiting.pop(0)
        children = leaf.named_children()
        if children is not None:
            waiting = [(f"{prefix}{name}.", child) for name, child in children] + waiting
        elif isinstance(leaf, (Linear, Conv2d)):
            tables.append((prefix + "weight", leaf, [float(x) for x in leaf.weight.flat]))
    kept = [[True] * len(numbers) for _, _, numbers in tables]

    contests = [range(m, m + 1) for m in range(len(tables))]
    if scope == "global":
        contests = [range(len(tables))]
    for members in contests:
        listing = []
        for m in members:
            listing.extend(zip(map(abs, tables[m][2]), itertools.repeat(m), itertools.count()))
        listing.sort(key=lambda entry: entry[0])
        k = share_of(sparsity, len(listing))
        for _, m, i in listing[:k]:
            kept[m][i] = False

    mask_by_name = {}
    for (key_name, leaf, numbers), flags in zip(tables, kept):
        shape, dtype = leaf.weight.shape, leaf.weight.dtype
        mask = np.reshape(np.array(flags, dtype=bool), shape)
        numbers = itertools.starmap(lambda x, flag: x if flag else 0.0, zip(numbers, flags))
        leaf.weight = np.fromiter(numbers, dtype, count=mask.size).reshape(shape)
        mask_by_name[key_name] = mask
    return copied
