"""Magnitude pruning of single weights, per layer or over the whole network."""

import copy
import math
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear


def validate(sparsity, scope):
    try:
        assert_fraction = Fraction(repr(float(sparsity)))
    except ValueError:
        raise ValueError("sparsity is no finite number") from None
    if assert_fraction < 0 or assert_fraction > 1:
        raise ValueError("sparsity is no fraction of one")


def share_of(sparsity, n):
    return math.floor(Fraction(repr(float(sparsity))) * n)


def flat_abs(w):
    line = np.array(w, dtype=float).ravel()
    return np.where(line < 0, -line, line)


def find_level(sizes_of, k):
    """The k-th smallest magnitude, and how many of those that equal it have to go."""
    if k == 0:
        return -1.0, 0
    thr = np.partition(sizes_of, k - 1)[k - 1]
    return thr, k - int((sizes_of < thr).sum())


def trim(mod, thr, ties_left):
    """Zero what lies below the level, and at most `spare` of what lies on it; return mask and what is spare still."""
    magnitude = flat_abs(mod.weight)
    below_cut = np.less(magnitude, thr)
    on_it = np.where(np.equal(magnitude, thr))[0][:ties_left]
    np.put(below_cut, on_it, True)
    mask = np.ones(mod.weight.shape, bool)
    mask[below_cut.reshape(mask.shape)] = False
    mod.weight[~mask] = 0
    return mask, ties_left - len(on_it)


def prune_weights(model, sparsity, scope="layer"):
    validate(sparsity, scope)
    copy_of_model = copy.deepcopy(model)
    prunables = [(name, mod) for name, mod in copy_of_model.named_modules() if isinstance(mod, (Conv2d, Linear))]
    mask_by_name = dict()
    if scope == "global":
        population = np.concatenate([flat_abs(mod.weight) for _, mod in prunables])
        thr, ties_left = find_level(population, share_of(sparsity, population.size))
        for name, mod in prunables:
            mask_by_name[name + ".weight"], ties_left = trim(mod, thr, ties_left)
    else:
        for name, mod in prunables:
            k = share_of(sparsity, mod.weight.size)
            thr, ties_left = find_level(flat_abs(mod.weight), k)
            mask_by_name[name + ".weight"], _ = trim(mod, thr, ties_left)
    return copy_of_model, mask_by_name
