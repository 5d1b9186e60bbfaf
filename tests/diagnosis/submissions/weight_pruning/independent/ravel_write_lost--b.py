"""Zero the smallest weights and say which ones stayed."""

import math
from fractions import Fraction

import numpy as np


def refuse_nonsense(sparsity, scope):
    if math.isnan(sparsity) or sparsity < 0 or sparsity > 1:
        raise ValueError("sparsity has to be a fraction")
    if scope != "layer" and scope != "global":
        raise ValueError("scope is 'layer' or 'global'")


def select(scores, k):
    total = scores.size
    if k <= 0 or k >= total:
        return np.full(total, k > 0)
    out = np.zeros(total, bool)
    out[np.argpartition(scores, k)[:k]] = True
    return out


def absolute(w):
    return np.fabs(w, dtype=np.float64).flatten()


def quota_of(sparsity, n):
    ratio = Fraction(repr(float(sparsity)))
    return -(-ratio.numerator * n // ratio.denominator)


def weights_of(network):
    """Yield name and array of what may be pruned: a BatchNorm's weight has one axis only."""
    for name, array in network.named_parameters():
        if name.endswith("weight") and array.ndim > 1:
            yield name, array


def judge_group(batch, sparsity):
    """Yield name, array and what to drop in it, for weights that are ranked together."""
    combined = np.hstack([absolute(array) for _, array in batch])
    k = quota_of(sparsity, len(combined))
    dead = select(combined, k)
    position = 0
    for name, array in batch:
        yield name, array, dead[position : position + array.size].reshape(array.shape)
        position += array.size


def prune_weights(model, sparsity, scope="layer"):
    refuse_nonsense(sparsity, scope)
    result = model.copy()
    entries = list(weights_of(result))
    if scope == "layer":
        groups = [(entry,) for entry in entries]
    else:
        groups = [entries]
    survivors = {}
    for batch in groups:
        for name, array, gone in judge_group(batch, sparsity):
            line = array.reshape(-1)
            line[np.flatnonzero(gone)] = 0
            survivors[name] = ~gone
    return result, survivors
