"""prune_weights: keep the large weights, drop the small ones."""

from fractions import Fraction

import numpy as np


def flat_abs(w):
    return np.abs(w.astype(np.float64)).reshape(-1)


def weakest(scores, k):
    if k == scores.size:
        return np.ones(k, dtype=bool)
    return scores < np.partition(scores, k)[k]


def target_count(sparsity, n):
    part, _ = divmod(Fraction(repr(float(sparsity))) * n, 1)
    return int(part)


def candidates(new_model):
    """Yield name and array of what may be pruned: a BatchNorm's weight has one axis only."""
    for name, array in new_model.named_parameters():
        if name.endswith("weight") and array.ndim > 1:
            yield name, array


def rank_group(group, sparsity):
    """Yield name, array and what to drop in it, for weights that are ranked together."""
    stacked = np.hstack([flat_abs(array) for _, array in group])
    k = target_count(sparsity, len(stacked))
    fate = weakest(stacked, k)
    for name, array in group:
        yield name, array, fate[: array.size].reshape(array.shape)
        fate = fate[array.size :]


def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1:
        raise ValueError(f"sparsity {sparsity!r} is outside [0, 1]")
    if scope not in ("layer", "global"):
        raise ValueError(f"unknown scope {scope!r}")
    result = model.copy()
    listing = list(candidates(result))
    if scope == "layer":
        teams = [(entry,) for entry in listing]
    else:
        teams = [listing]
    keep_map = {}
    for group in teams:
        for name, array, zap in rank_group(group, sparsity):
            array[zap] = 0
            keep_map[name] = np.logical_not(zap)
    return result, keep_map
