"""Weights of least magnitude are zeroed; returns the new network and its masks."""

import bisect
import math
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear


def number_to_drop(sparsity, n):
    ratio = Fraction(repr(float(sparsity)))
    return -(-ratio.numerator * n // ratio.denominator)


def magnitudes_of(w):
    with np.errstate(over="ignore", under="ignore"):
        return np.square(w.flatten())


def threshold_for(sizes_of, k):
    """The k-th smallest magnitude, and how many of those that equal it have to go."""
    if k == 0:
        return -1.0, 0
    ordered = sorted(sizes_of.tolist())
    edge_value = ordered[k - 1]
    return edge_value, k - bisect.bisect_left(ordered, edge_value)


def carve(owner, edge_value, tie_quota):
    """Zero what lies below the level, and at most `spare` of what lies on it; return mask and what is spare still."""
    magnitude = magnitudes_of(owner.weight)
    small = np.less(magnitude, edge_value)
    on_it = np.where(np.equal(magnitude, edge_value))[0][:tie_quota]
    np.put(small, on_it, True)
    mask = ~small.reshape(owner.weight.shape)
    owner.weight = np.where(mask, owner.weight, owner.weight.dtype.type(0.0))
    return mask, tie_quota - len(on_it)


def prune_weights(model, sparsity, scope="layer"):
    if not (math.isfinite(sparsity) and abs(sparsity - 0.5) <= 0.5 and sparsity >= 0):
        raise ValueError("bad sparsity")
    if scope not in ("layer", "global"):
        raise ValueError(f"unknown scope {scope!r}")
    thin = model.copy()
    targets = [(name, owner) for name, owner in thin.named_modules() if isinstance(owner, (Conv2d, Linear))]
    keep_map = dict()
    if scope == "global":
        population = np.concatenate([magnitudes_of(owner.weight) for _, owner in targets])
        edge_value, tie_quota = threshold_for(population, number_to_drop(sparsity, population.size))
        for name, owner in targets:
            keep_map[name + ".weight"], tie_quota = carve(owner, edge_value, tie_quota)
    else:
        for name, owner in targets:
            magnitudes = magnitudes_of(owner.weight)
            edge_value, tie_quota = threshold_for(magnitudes, number_to_drop(sparsity, magnitudes.size))
            keep_map[name + ".weight"], _ = carve(owner, edge_value, tie_quota)
    return thin, keep_map
