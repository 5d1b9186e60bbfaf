"""Pruning with masks, layer by layer or globally."""

import copy
import itertools
from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear


def size_of_weights(w):
    return np.fabs(w, dtype=np.float64).flatten()


def losers(scores, k):
    listed = scores.tolist()
    place_of = {value: place for place, value in enumerate(listed)}
    zeroed = np.zeros(len(listed), dtype=bool)
    for value in sorted(listed)[:k]:
        zeroed[place_of[value]] = True
    return zeroed


def number_to_drop(sparsity, n):
    exact = Decimal(repr(float(sparsity))) * n
    return int(exact.to_integral_value(rounding=ROUND_FLOOR))


def prune_weights(model, sparsity, scope="layer"):
    try:
        assert_fraction = Fraction(repr(float(sparsity)))
    except ValueError:
        raise ValueError("sparsity is no finite number") from None
    if assert_fraction < 0 or assert_fraction > 1:
        raise ValueError("sparsity is no fraction of one")
    if scope != "layer" and scope != "global":
        raise ValueError("scope is 'layer' or 'global'")
    final = copy.deepcopy(model)
    holders = []
    for name, module in final.named_modules():
        if isinstance(module, (Linear, Conv2d)):
            holders.append((f"{name}.weight", module))

    sizes = [module.weight.size for _, module in holders]
    offsets = [0, *itertools.accumulate(sizes)]
    values = np.concatenate([size_of_weights(module.weight) for _, module in holders])
    if scope == "layer":
        picked = [
            low + np.flatnonzero(losers(values[low:high], number_to_drop(sparsity, high - low)))
            for low, high in zip(offsets, offsets[1:])
        ]
        selected = np.concatenate(picked)
    else:
        selected = np.flatnonzero(losers(values, number_to_drop(sparsity, values.size)))

    keep_flags = np.ones(values.size, dtype=bool)
    keep_flags[selected] = False
    survivors = {}
    for (title, module), low, high in zip(holders, offsets, offsets[1:]):
        here = np.array(keep_flags[low:high]).reshape(module.weight.shape)
        module.weight = np.where(here, module.weight, np.zeros_like(module.weight))
        survivors[title] = here
    return final, survivors
