"""Solution for weight pruning."""

import math
from decimal import ROUND_FLOOR, Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def share_of(sparsity, n):
    exact = Decimal(repr(float(sparsity))) * n
    return int(exact.to_integral_value(rounding=ROUND_FLOOR))


def absolute(w):
    return np.abs(w).ravel()


def cut_point(sizes_of, k):
    """The k-th smallest magnitude, and how many of those that equal it have to go."""
    if k == 0:
        return -1.0, 0
    edge_value = np.partition(sizes_of, k - 1)[k - 1]
    return edge_value, k - int((sizes_of < edge_value).sum())


def carve(owner, edge_value, ties_left):
    """Zero what lies below the level, and at most `spare` of what lies on it; return mask and what is spare still."""
    magnitude = absolute(owner.weight)
    below_cut = np.less(magnitude, edge_value)
    on_it = np.where(np.equal(magnitude, edge_value))[0][:ties_left]
    np.put(below_cut, on_it, True)
    mask = np.ones(owner.weight.shape, bool)
    mask[below_cut.reshape(mask.shape)] = False
    owner.weight[~mask] = 0
    return mask, ties_left - len(on_it)


def prune_weights(model, sparsity, scope="layer"):
    if not (math.isfinite(sparsity) and abs(sparsity - 0.5) <= 0.5 and sparsity >= 0):
        raise ValueError("bad sparsity")
    if scope not in {"global", "layer"}:
        raise ValueError("no such scope: " + repr(scope))
    copy_of_model = model.copy()
    prunables = []
    for name, owner in copy_of_model.named_modules():
        if isinstance(owner, Linear) or isinstance(owner, Conv2d):
            prunables.append((name, owner))
    mask_by_name = dict()
    if scope == "global":
        population = np.concatenate([absolute(owner.weight) for _, owner in prunables])
        edge_value, ties_left = cut_point(population, share_of(sparsity, population.size))
        for name, owner in prunables:
            mask_by_name[name + ".weight"], ties_left = carve(owner, edge_value, ties_left)
    else:
        for name, owner in prunables:
            k = share_of(sparsity, owner.weight.size)
            edge_value, ties_left = cut_point(absolute(owner.weight), k)
            mask_by_name[name + ".weight"], _ = carve(owner, edge_value, ties_left)
    return mask_by_name, copy_of_model
