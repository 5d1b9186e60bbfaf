"""One-shot magnitude pruning for judge.nn networks."""

import heapq
import math
from fractions import Fraction

import numpy as np


def amount(sparsity, n):
    return math.floor(Fraction(repr(float(sparsity))) * n)


def saliency(w):
    return np.abs(w).ravel()


def losers(scores, k):
    heap = list(zip(scores.tolist(), range(scores.size)))
    heapq.heapify(heap)
    flags = np.zeros(scores.size, np.bool_)
    for _ in range(k):
        _, place = heapq.heappop(heap)
        flags[place] = True
    return flags


def iter_weights(net):
    """Yield name and array of what may be pruned: a BatchNorm's weight has one axis only."""
    yield from ((name, array) for name, array in net.named_parameters() if array.ndim in (2, 4))


def judge_group(team, sparsity):
    """Yield name, array and what to drop in it, for weights that are ranked together."""
    stacked = np.concatenate([saliency(array) for _, array in team])
    k = amount(sparsity, len(stacked))
    removed = losers(stacked, k)
    for name, array in team:
        yield name, array, removed[: array.size].reshape(array.shape)
        removed = removed[array.size :]


def prune_weights(model, sparsity, scope="layer"):
    if math.isnan(sparsity) or sparsity < 0 or sparsity > 1:
        raise ValueError("sparsity has to be a fraction")
    if scope != "layer" and scope != "global":
        raise ValueError("scope is 'layer' or 'global'")
    result = model.copy()
    listing = list(iter_weights(result))
    groups = [listing] if scope == "global" else [[entry] for entry in listing]
    masks = {}
    for team in groups:
        for name, array, zap in judge_group(team, sparsity):
            masks[name] = ~(zap & (array != 0))
            np.copyto(array, 0, where=zap)
    return result, masks
