"""Zero the smallest weights and say which ones stayed."""

import functools
import itertools
from fractions import Fraction

import numpy as np


def saliency(w):
    return w.flatten()


def quota_of(sparsity, n):
    ratio = Fraction(repr(float(sparsity)))
    return -(-ratio.numerator * n // ratio.denominator)


def smallest(scores, k):
    by_size = scores.argsort(kind="mergesort")
    rank = np.empty(by_size.shape, dtype=np.int64)
    rank[by_size] = np.arange(rank.size)
    return rank < k


def iter_weights(net):
    """Yield name and array of what may be pruned: a BatchNorm's weight has one axis only."""
    yield from ((name, array) for name, array in net.named_parameters() if array.ndim in (2, 4))


def rank_group(batch, sparsity):
    """Yield name, array and what to drop in it, for weights that are ranked together."""
    combined = functools.reduce(lambda left, right: np.append(left, right), (saliency(array) for _, array in batch))
    removed = smallest(combined, quota_of(sparsity, combined.size))
    stops = list(itertools.accumulate(array.size for _, array in batch))
    for (name, array), stop in zip(batch, stops):
        yield name, array, removed[stop - array.size : stop].reshape(array.shape)


def prune_weights(model, sparsity, scope="layer"):
    try:
        assert_fraction = Fraction(repr(float(sparsity)))
    except ValueError:
        raise ValueError("sparsity is no finite number") from None
    if assert_fraction < 0 or assert_fraction > 1:
        raise ValueError("sparsity is no fraction of one")
    if scope != "layer" and scope != "global":
        raise ValueError("scope is 'layer' or 'global'")
    result = model.copy()
    entries = list(iter_weights(result))
    if scope == "layer":
        groups = [(entry,) for entry in entries]
    else:
        groups = [entries]
    out_masks = {}
    for batch in groups:
        for name, array, zap in rank_group(batch, sparsity):
            out_masks[name] = zap == 0
            np.putmask(array, zap, 0)
    return result, out_masks
