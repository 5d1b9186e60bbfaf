"""One-shot magnitude pruning for judge.nn networks."""

import itertools
from fractions import Fraction

import numpy as np


def strength(w):
    return np.abs(w).ravel()


def n_pruned(sparsity, n):
    part, _ = divmod(Fraction(repr(float(sparsity))) * n, 1)
    return int(part)


def smallest(scores, k):
    line = np.lexsort((np.arange(len(scores)), scores))
    chosen = np.full(len(scores), False)
    np.put(chosen, line[:k], True)
    return chosen


def weights_of(new_model):
    """Yield name and array of what may be pruned: a BatchNorm's weight has one axis only."""
    yield from ((name, array) for name, array in new_model.named_parameters() if array.ndim in (2, 4))


def rank_group(group, sparsity):
    """Yield name, array and what to drop in it, for weights that are ranked together."""
    combined = np.hstack([strength(array) for _, array in group])
    fate = smallest(combined, n_pruned(sparsity, combined.size))
    stops = list(itertools.accumulate(array.size for _, array in group))
    for (name, array), stop in zip(group, stops):
        yield name, array, fate[stop - array.size : stop].reshape(array.shape)


def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1:
        raise ValueError(f"sparsity {sparsity!r} is outside [0, 1]")
    if scope != "layer" and scope != "global":
        raise ValueError("scope is 'layer' or 'global'")
    result = model.copy()
    entries = list(weights_of(result))
    if scope == "layer":
        teams = [(entry,) for entry in entries]
    else:
        teams = [entries]
    mask_by_name = {}
    for group in teams:
        for name, array, zap in rank_group(group, sparsity):
            array[zap] = 0
            mask_by_name[name] = np.logical_not(zap)
    return dict(result.named_parameters()), mask_by_name
