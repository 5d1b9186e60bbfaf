"""Prune a network by magnitude, in NumPy."""

import copy
import functools
import math
from decimal import Decimal

import numpy as np


def n_pruned(sparsity, n):
    return math.ceil(Decimal(repr(float(sparsity))) * n)


def magnitudes_of(w):
    line = np.array(w, dtype=float).ravel()
    return np.where(line < 0, -line, line)


def mark_small(scores, k):
    ascending = np.sort(scores)
    cut = ascending[min(k, len(ascending) - 1)]
    return scores <= cut


def candidates(new_model):
    """Yield name and array of what may be pruned: a BatchNorm's weight has one axis only."""
    yield from ((name, array) for name, array in new_model.named_parameters() if array.ndim in (2, 4))


def decide(team, sparsity):
    """Yield name, array and what to drop in it, for weights that are ranked together."""
    together = functools.reduce(lambda left, right: np.append(left, right), (magnitudes_of(array) for _, array in team))
    dead = mark_small(together, n_pruned(sparsity, together.size))
    for name, array in team:
        yield name, array, dead[: array.size].reshape(array.shape)
        dead = dead[array.size :]


def prune_weights(model, sparsity, scope="layer"):
    if sparsity != sparsity:
        raise ValueError("sparsity is NaN")
    if min(sparsity, 1 - sparsity) < 0 or sparsity > 1:
        raise ValueError("sparsity leaves [0, 1]")
    known = ["layer", "global"]
    if known.count(scope) == 0:
        raise ValueError(f"scope must be one of {known}")
    result = copy.deepcopy(model)
    listing = list(candidates(result))
    batches = [listing] if scope == "global" else [[entry] for entry in listing]
    masks = {}
    for team in batches:
        for name, array, gone in decide(team, sparsity):
            array[gone] = 0
            masks[name] = np.logical_not(gone)
    return result, masks
