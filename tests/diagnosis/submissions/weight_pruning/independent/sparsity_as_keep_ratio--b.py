"""Weights of least magnitude are zeroed; returns the new network and its masks."""

import copy
import math
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def quota_of(sparsity, n):
    share = 1 - Decimal(repr(float(sparsity)))
    return math.floor(share * n)


def importance(w):
    line = np.array(w, dtype=float).ravel()
    return np.where(line < 0, -line, line)


def cut_point(sizes_of, k):
    """The k-th smallest magnitude, and how many of those that equal it have to go."""
    if k == 0:
        return -1.0, 0
    thr = np.partition(sizes_of, k - 1)[k - 1]
    return thr, k - int((sizes_of < thr).sum())


def trim(lay, thr, ties_left):
    """Zero what lies below the level, and at most `spare` of what lies on it; return mask and what is spare still."""
    magnitude = importance(lay.weight)
    below_cut = np.less(magnitude, thr)
    on_it = np.where(np.equal(magnitude, thr))[0][:ties_left]
    np.put(below_cut, on_it, True)
    mask = ~below_cut.reshape(lay.weight.shape)
    lay.weight = np.where(mask, lay.weight, lay.weight.dtype.type(0.0))
    return mask, ties_left - len(on_it)


def prune_weights(model, sparsity, scope="layer"):
    if scope != "layer" and scope != "global":
        raise ValueError("scope is 'layer' or 'global'")
    if math.isnan(sparsity) or sparsity < 0 or sparsity > 1:
        raise ValueError("sparsity has to be a fraction")
    copy_of_model = copy.deepcopy(model)
    weights_here = [pair for pair in copy_of_model.named_modules() if type(pair[1]) in (Conv2d, Linear)]
    mask_by_name = dict()
    if scope == "global":
        population = np.concatenate([importance(lay.weight) for _, lay in weights_here])
        thr, ties_left = cut_point(population, quota_of(sparsity, population.size))
        for name, lay in weights_here:
            mask_by_name[name + ".weight"], ties_left = trim(lay, thr, ties_left)
    else:
        for name, lay in weights_here:
            k = quota_of(sparsity, lay.weight.size)
            thr, ties_left = cut_point(importance(lay.weight), k)
            mask_by_name[name + ".weight"], _ = trim(lay, thr, ties_left)
    return copy_of_model, mask_by_name
