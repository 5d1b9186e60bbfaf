"""Thin out a trained network by the size of its weights."""

import itertools
import math
from collections import defaultdict
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear


def flat_abs(w):
    line = w.flatten()
    return np.maximum(line, -line)


def lowest(scores, k):
    shelves = defaultdict(list)
    for place, value in enumerate(scores.tolist()):
        shelves[value].append(place)
    ordered = itertools.chain.from_iterable(shelves[value] for value in sorted(shelves))
    taken = np.zeros(scores.size, dtype=bool)
    for place in itertools.islice(ordered, k):
        taken[place] = True
    return taken


def budget(sparsity, n):
    remaining = math.floor(Fraction(repr(float(sparsity))) * n)
    return n - remaining


def candidates(new_model):
    """Yield name and array of what may be pruned: a BatchNorm's weight has one axis only."""
    for name, layer in new_model.named_modules():
        if isinstance(layer, (Linear, Conv2d)):
            yield name + ".weight", layer.weight


def judge_group(batch, sparsity):
    """Yield name, array and what to drop in it, for weights that are ranked together."""
    stacked = np.hstack([flat_abs(array) for _, array in batch])
    k = budget(sparsity, len(stacked))
    fate = lowest(stacked, k)
    stops = list(itertools.accumulate(array.size for _, array in batch))
    for (name, array), stop in zip(batch, stops):
        yield name, array, fate[stop - array.size : stop].reshape(array.shape)


def prune_weights(model, sparsity, scope="layer"):
    if sparsity != sparsity:
        raise ValueError("sparsity is NaN")
    if min(sparsity, 1 - sparsity) < 0 or sparsity > 1:
        raise ValueError("sparsity leaves [0, 1]")
    if scope != "layer" and scope != "global":
        raise ValueError("scope is 'layer' or 'global'")
    result = model.copy()
    listing = list(candidates(result))
    if scope == "layer":
        groups = [(entry,) for entry in listing]
    else:
        groups = [listing]
    mask_by_name = {}
    for batch in groups:
        for name, array, gone in judge_group(batch, sparsity):
            np.copyto(array, 0, where=gone)
            mask_by_name[name] = ~gone
    return result, mask_by_name
