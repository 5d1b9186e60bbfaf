"""Threshold by np.partition: everything below goes, then as many of the equal ones as are still missing."""

import copy
import math
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear


def smallest(values, k):
    """Return a boolean vector with exactly k True, at the smallest values."""
    if k == 0:
        return np.zeros(len(values), dtype=bool)
    threshold = np.partition(values, k - 1)[k - 1]
    chosen = values < threshold
    missing = k - np.count_nonzero(chosen)
    ties = np.flatnonzero(values == threshold)
    chosen[ties[:missing]] = True
    return chosen


def prune_weights(model, sparsity, scope="layer"):
    if math.isnan(sparsity) or sparsity < 0 or sparsity > 1:
        raise ValueError("sparsity outside [0, 1]")
    if scope != "layer" and scope != "global":
        raise ValueError("unknown scope")
    exact = Fraction(repr(sparsity))
    pruned = copy.deepcopy(model)
    found = [(n, m) for n, m in pruned.named_modules() if isinstance(m, Linear) or isinstance(m, Conv2d)]
    flats = [np.abs(m.weight).flatten() for _, m in found]
    if scope == "global":
        everything = np.concatenate(flats)
        parts = np.split(smallest(everything, math.floor(exact * everything.size)), np.cumsum([f.size for f in flats])[:-1])
    else:
        parts = [smallest(f, math.floor(exact * f.size)) for f in flats]
    masks = {}
    for (name, module), part in zip(found, parts):
        gone = part.reshape(module.weight.shape)
        new = module.weight.copy()
        new[gone] = 0.0
        module.weight = new
        masks[f"{name}.weight"] = np.logical_not(gone)
    return pruned, masks
