"""Thin out a trained network by the size of its weights."""

import copy
import functools
import itertools
import math
from fractions import Fraction

import numpy as np


def as_fraction(amount):
    if 0.0 <= amount <= 1.0:
        return amount
    if 1.0 < amount <= 100.0:  # per cent
        return amount * 0.01
    raise ValueError("neither a fraction nor a percentage")


def number_to_drop(sparsity, n):
    return math.floor(Fraction(repr(float(sparsity))) * n)


def select(scores, k):
    line = np.lexsort((np.arange(len(scores)), scores))
    hits = np.full(len(scores), False)
    np.put(hits, line[:k], True)
    return hits


def importance(w):
    line = np.array(w, dtype=float).ravel()
    return np.where(line < 0, -line, line)


def candidates(clone):
    """Yield name and array of what may be pruned: a BatchNorm's weight has one axis only."""
    for name, array in clone.named_parameters():
        if name.endswith("weight") and array.ndim > 1:
            yield name, array


def decide(team, sparsity):
    """Yield name, array and what to drop in it, for weights that are ranked together."""
    together = functools.reduce(lambda left, right: np.append(left, right), (importance(array) for _, array in team))
    k = number_to_drop(sparsity, len(together))
    dead = select(together, k)
    stops = list(itertools.accumulate(array.size for _, array in team))
    for (name, array), stop in zip(team, stops):
        yield name, array, dead[stop - array.size : stop].reshape(array.shape)


def prune_weights(model, sparsity, scope="layer"):
    sparsity = as_fraction(sparsity)
    if scope not in ("layer", "global"):
        raise ValueError(f"unknown scope {scope!r}")
    result = copy.deepcopy(model)
    listing = list(candidates(result))
    batches = [listing] if scope == "global" else [[entry] for entry in listing]
    keep_map = {}
    for team in batches:
        for name, array, out in decide(team, sparsity):
            array[out] = 0
            keep_map[name] = np.logical_not(out)
    return result, keep_map
