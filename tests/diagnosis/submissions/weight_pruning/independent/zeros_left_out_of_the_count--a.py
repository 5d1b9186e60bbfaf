"""Pruning with masks, layer by layer or globally."""

import copy
from decimal import Decimal
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear


def target_count(sparsity, n):
    top, bottom = Decimal(repr(float(sparsity))).as_integer_ratio()
    return (top * n) // bottom


def size_of_weights(w):
    line = w.flatten()
    return np.maximum(line, -line)


def choose_least(scores, k):
    kill = np.zeros(scores.size, dtype=bool)
    kill[np.argsort(scores, kind="stable")[:k]] = True
    return kill


def candidates(clone):
    """Yield name and array of what may be pruned: a BatchNorm's weight has one axis only."""
    for name, layer in clone.named_modules():
        if isinstance(layer, (Linear, Conv2d)):
            yield name + ".weight", layer.weight


def rank_group(group, sparsity):
    """Yield name, array and what to drop in it, for weights that are ranked together."""
    together = np.concatenate([size_of_weights(array) for _, array in group])
    living = np.flatnonzero(together)
    fate = together == 0
    fate[living] = choose_least(together[living], target_count(sparsity, living.size))
    for name, array in group:
        yield name, array, fate[: array.size].reshape(array.shape)
        fate = fate[array.size :]


def prune_weights(model, sparsity, scope="layer"):
    if scope not in {"global", "layer"}:
        raise ValueError("no such scope: " + repr(scope))
    try:
        assert_fraction = Fraction(repr(float(sparsity)))
    except ValueError:
        raise ValueError("sparsity is no finite number") from None
    if assert_fraction < 0 or assert_fraction > 1:
        raise ValueError("sparsity is no fraction of one")
    result = copy.deepcopy(model)
    records = list(candidates(result))
    if scope == "layer":
        groups = [(entry,) for entry in records]
    else:
        groups = [records]
    keep_map = {}
    for group in groups:
        for name, array, out in rank_group(group, sparsity):
            array[out] = 0
            keep_map[name] = np.logical_not(out)
    return result, keep_map
