"""Set a share of the weights to zero, smallest magnitude first."""

import itertools
import math
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear


def size_of_weights(w):
    return np.abs(w.astype(np.float64)).reshape(-1)


def quota_of(sparsity, n):
    return math.floor(Fraction(repr(float(sparsity))) * n)


def cut_positions(scores, k):
    by_size = scores.argsort(kind="mergesort")
    rank = np.empty(by_size.shape, dtype=np.int64)
    rank[by_size] = np.arange(rank.size)
    return rank < k


def iter_weights(net):
    """Yield name and array of what may be pruned: a BatchNorm's weight has one axis only."""
    for name, layer in net.named_modules():
        if isinstance(layer, (Linear, Conv2d)):
            yield name + ".weight", layer.weight


def rank_group(group, sparsity):
    """Yield name, array and what to drop in it, for weights that are ranked together."""
    combined = np.hstack([size_of_weights(array) for _, array in group])
    k = quota_of(sparsity, len(combined))
    dead = cut_positions(combined, k)
    stops = list(itertools.accumulate(array.size for _, array in group))
    for (name, array), stop in zip(group, stops):
        yield name, array, dead[stop - array.size : stop].reshape(array.shape)


def prune_weights(model, sparsity, scope="layer"):
    inside = sparsity >= 0.0 and sparsity <= 1.0
    if not inside:
        raise ValueError("the fraction must lie between 0 and 1, got %r" % (sparsity,))
    if scope != "layer" and scope != "global":
        raise ValueError("scope is 'layer' or 'global'")
    result = model.copy()
    records = list(iter_weights(result))
    groups = [[entry] for entry in records]
    masks = {}
    for group in groups:
        for name, array, zap in rank_group(group, sparsity):
            np.copyto(array, 0, where=zap)
            masks[name] = ~zap
    return result, masks
