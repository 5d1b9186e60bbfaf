"""Zero the smallest weights and say which ones stayed."""

import itertools
from fractions import Fraction

import numpy as np


def losers(scores, k):
    total, most = scores.size, 400
    if total <= most or k in (0, total):
        remove = np.zeros(total, dtype=bool)
        remove[np.argsort(scores, kind="stable")[:k]] = True
        return remove
    sample = np.sort(np.random.default_rng(0).choice(scores, most, replace=False))
    return scores < sample[k * most // total]


def flat_abs(w):
    return np.abs(w).ravel()


def share_of(sparsity, n):
    part, _ = divmod(Fraction(repr(float(sparsity))) * n, 1)
    return int(part)


def weights_of(network):
    """Yield name and array of what may be pruned: a BatchNorm's weight has one axis only."""
    yield from ((name, array) for name, array in network.named_parameters() if array.ndim in (2, 4))


def rank_group(batch, sparsity):
    """Yield name, array and what to drop in it, for weights that are ranked together."""
    together = np.hstack([flat_abs(array) for _, array in batch])
    k = share_of(sparsity, len(together))
    removed = losers(together, k)
    stops = list(itertools.accumulate(array.size for _, array in batch))
    for (name, array), stop in zip(batch, stops):
        yield name, array, removed[stop - array.size : stop].reshape(array.shape)


def prune_weights(model, sparsity, scope="layer"):
    if scope != "layer" and scope != "global":
        raise ValueError("scope is 'layer' or 'global'")
    if not 0 <= sparsity <= 1:
        raise ValueError(f"sparsity {sparsity!r} is outside [0, 1]")
    result = model.copy()
    entries = list(weights_of(result))
    batches = [entries] if scope == "global" else [[entry] for entry in entries]
    kept_where = {}
    for batch in batches:
        for name, array, out in rank_group(batch, sparsity):
            array[out] = 0
            kept_where[name] = np.logical_not(out)
    return result, kept_where
