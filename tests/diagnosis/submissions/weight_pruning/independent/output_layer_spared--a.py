"""Sparsify Linear and Conv2d weights by |w|."""

import copy
import itertools
import math
from decimal import ROUND_FLOOR, Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def guard(sparsity, scope):
    if not (math.isfinite(sparsity) and abs(sparsity - 0.5) <= 0.5 and sparsity >= 0):
        raise ValueError("bad sparsity")
    known = ["layer", "global"]
    if known.count(scope) == 0:
        raise ValueError(f"scope must be one of {known}")


def importance(w):
    return np.abs(w.astype(np.float64)).reshape(-1)


def cut_positions(scores, k):
    zeroed = np.zeros(scores.size, dtype=bool)
    zeroed[np.argsort(scores, kind="stable")[:k]] = True
    return zeroed


def amount(sparsity, n):
    exact = Decimal(repr(float(sparsity))) * n
    return int(exact.to_integral_value(rounding=ROUND_FLOOR))


def weights_of(network):
    """Yield name and array of what may be pruned: a BatchNorm's weight has one axis only."""
    for name, layer in network.named_modules():
        if isinstance(layer, (Linear, Conv2d)):
            yield name + ".weight", layer.weight


def decide(team, sparsity):
    """Yield name, array and what to drop in it, for weights that are ranked together."""
    combined = np.concatenate([importance(array) for _, array in team])
    k = amount(sparsity, len(combined))
    removed = cut_positions(combined, k)
    stops = list(itertools.accumulate(array.size for _, array in team))
    for (name, array), stop in zip(team, stops):
        yield name, array, removed[stop - array.size : stop].reshape(array.shape)


def prune_weights(model, sparsity, scope="layer"):
    guard(sparsity, scope)
    result = copy.deepcopy(model)
    *entries, (head, head_array) = weights_of(result)
    batches = [entries] if scope == "global" and entries else [[entry] for entry in entries]
    kept_where = {head: np.ones(head_array.shape, dtype=bool)}
    for team in batches:
        for name, array, out in decide(team, sparsity):
            np.copyto(array, 0, where=out)
            kept_where[name] = ~out
    return result, kept_where
