"""Prune a network by magnitude, in NumPy."""

import bisect
import math
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def amount(sparsity, n):
    top, bottom = Decimal(repr(float(sparsity))).as_integer_ratio()
    return (top * n) // bottom


def strength(w):
    return np.abs(w.astype(np.float64)).reshape(-1)


def find_level(sizes_of, k):
    """The k-th smallest magnitude, and how many of those that equal it have to go."""
    if k == 0:
        return -1.0, 0
    ordered = sorted(sizes_of.tolist())
    thr = ordered[k - 1]
    return thr, k - bisect.bisect_left(ordered, thr)


def apply_level(lay, thr, spare):
    """Zero what lies below the level, and at most `spare` of what lies on it; return mask and what is spare still."""
    magnitude = strength(lay.weight)
    below_cut = np.less(magnitude, thr)
    on_it = np.where(np.equal(magnitude, thr))[0][:spare]
    np.put(below_cut, on_it, True)
    mask = np.ones(lay.weight.shape, bool)
    mask[below_cut.reshape(mask.shape)] = False
    lay.weight[~mask] = 0
    return mask, spare - len(on_it)


def prune_weights(model, sparsity, scope="layer"):
    if not (math.isfinite(sparsity) and abs(sparsity - 0.5) <= 0.5 and sparsity >= 0):
        raise ValueError("bad sparsity")
    if scope != "layer" and scope != "global":
        raise ValueError("scope is 'layer' or 'global'")
    copy_of_model = model.copy()
    targets = []
    for name, lay in copy_of_model.named_modules():
        if isinstance(lay, Linear) or isinstance(lay, Conv2d):
            targets.append((name, lay))
    keep_map = dict()
    if scope == "global":
        population = np.concatenate([strength(lay.weight) for _, lay in targets])
        thr, spare = find_level(population, amount(sparsity, population.size))
        for name, lay in targets:
            keep_map[name + ".weight"], spare = apply_level(lay, thr, spare)
    else:
        for name, lay in targets:
            magnitudes = strength(lay.weight)
            thr, spare = find_level(magnitudes, amount(sparsity, magnitudes.size))
            keep_map[name + ".weight"], _ = apply_level(lay, thr, spare)
    share = {name: float(np.mean(mask)) for name, mask in keep_map.items()}
    return copy_of_model, keep_map, share
