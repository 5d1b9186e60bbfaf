"""Prune a network by magnitude, in NumPy."""

import math
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear


def number_to_drop(sparsity, n):
    part, _ = divmod(Fraction(repr(float(sparsity))) * n, 1)
    return int(part)


def strength(w):
    return np.abs(w.astype(np.float64)).reshape(-1)


def find_level(sizes_of, k):
    """The k-th smallest magnitude, and how many of those that equal it have to go."""
    if k == 0:
        return -1.0, 0
    thr = np.partition(sizes_of, k - 1)[k - 1]
    return thr, k - int((sizes_of < thr).sum())


def carve(leaf, thr, ties_left):
    """Zero what lies below the level, and at most `spare` of what lies on it; return mask and what is spare still."""
    magnitude = strength(leaf.weight)
    doomed = np.less(magnitude, thr)
    on_it = np.where(np.equal(magnitude, thr))[0][:ties_left]
    np.put(doomed, on_it, True)
    mask = ~doomed.reshape(leaf.weight.shape)
    shift = max(float(thr), 0.0)
    shrunk = np.sign(leaf.weight) * (np.abs(leaf.weight.astype(np.float64)) - shift)
    leaf.weight = np.where(mask, shrunk, 0.0).astype(leaf.weight.dtype)
    return mask, ties_left - len(on_it)


def prune_weights(model, sparsity, scope="layer"):
    if not (math.isfinite(sparsity) and abs(sparsity - 0.5) <= 0.5 and sparsity >= 0):
        raise ValueError("bad sparsity")
    known = ["layer", "global"]
    if known.count(scope) == 0:
        raise ValueError(f"scope must be one of {known}")
    copy_of_model = model.copy()
    targets = [(name, leaf) for name, leaf in copy_of_model.named_modules() if isinstance(leaf, (Conv2d, Linear))]
    kept_where = dict()
    if scope == "global":
        population = np.concatenate([strength(leaf.weight) for _, leaf in targets])
        thr, ties_left = find_level(population, number_to_drop(sparsity, population.size))
        for name, leaf in targets:
            kept_where[name + ".weight"], ties_left = carve(leaf, thr, ties_left)
    else:
        for name, leaf in targets:
            k = number_to_drop(sparsity, leaf.weight.size)
            thr, ties_left = find_level(strength(leaf.weight), k)
            kept_where[name + ".weight"], _ = carve(leaf, thr, ties_left)
    return copy_of_model, kept_where
