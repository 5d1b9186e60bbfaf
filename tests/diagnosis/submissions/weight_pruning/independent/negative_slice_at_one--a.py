"""Unstructured pruning: the least weights go, masks tell which."""

from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear


def losers(scores, k):
    order = np.argsort(scores, kind="stable")
    stay = scores.size - k
    kill = np.ones(scores.size, dtype=bool)
    kill[order[-stay:]] = False
    return kill


def amount(sparsity, n):
    part, _ = divmod(Fraction(repr(float(sparsity))) * n, 1)
    return int(part)


def absolute(w):
    return np.abs(w).ravel()


def iter_weights(network):
    """Yield name and array of what may be pruned: a BatchNorm's weight has one axis only."""
    for name, layer in network.named_modules():
        if isinstance(layer, (Linear, Conv2d)):
            yield name + ".weight", layer.weight


def decide(batch, sparsity):
    """Yield name, array and what to drop in it, for weights that are ranked together."""
    stacked = np.concatenate([absolute(array) for _, array in batch])
    dead = losers(stacked, amount(sparsity, stacked.size))
    for name, array in batch:
        yield name, array, dead[: array.size].reshape(array.shape)
        dead = dead[array.size :]


def prune_weights(model, sparsity, scope="layer"):
    if sparsity != sparsity:
        raise ValueError("sparsity is NaN")
    if min(sparsity, 1 - sparsity) < 0 or sparsity > 1:
        raise ValueError("sparsity leaves [0, 1]")
    if scope != "layer" and scope != "global":
        raise ValueError("scope is 'layer' or 'global'")
    result = model.copy()
    listing = list(iter_weights(result))
    if scope == "layer":
        teams = [(entry,) for entry in listing]
    else:
        teams = [listing]
    survivors = {}
    for batch in teams:
        for name, array, zap in decide(batch, sparsity):
            array[zap] = 0
            survivors[name] = np.logical_not(zap)
    return result, survivors
