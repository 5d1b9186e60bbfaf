"""Structured pruning: a smaller dense network and one mask per prunable layer."""

import copy
from fractions import Fraction

import numpy as np

from judge.nn import Sequential


def ensure(cond, text):
    if not cond:
        raise ValueError(text)


def select(sizes, removed_n):
    asc = np.lexsort((range(len(sizes)), sizes))
    return np.setdiff1d(np.arange(len(sizes)), asc[:removed_n])


def strengths(a, norm):
    flat = np.abs(np.ascontiguousarray(a, dtype=np.float64)).ravel()
    edges = np.arange(0, flat.size, flat.size // len(a))
    return np.add.reduceat(flat if norm == 1 else np.square(flat), edges)


def count_of(ratio, how_wide):
    numer, denom = Fraction(repr(ratio)).as_integer_ratio()
    removed_n = numer * how_wide // denom
    return min(how_wide - 1, removed_n)


VECTORS = ("weight", "bias", "running_mean", "running_var")


def spread(remaining, total, extent):
    span = extent // total
    return np.repeat(remaining, span) * span + np.tile(np.arange(span), len(remaining))


def go(parts_list, i, remaining, total, decide_for, masks):
    """Return the layers from i on, cut to what is left of the total channels that come in."""
    if i == len(parts_list):
        return []
    module = copy.copy(parts_list[i])
    if hasattr(module, "running_mean"):
        if remaining is not None:
            picks = spread(remaining, total, len(module.weight))
            for field in VECTORS:
                setattr(module, field, getattr(module, field)[picks])
    elif hasattr(module, "weight"):
        arr = module.weight
        mine = decide_for(i, arr)
        if remaining is not None:
            arr = arr[:, spread(remaining, total, arr.shape[1])] * arr.dtype.type(total / len(remaining))
        remaining, total = mine, arr.shape[0]
        module.weight = arr[remaining]
        module.bias = None if module.bias is None else module.bias[remaining]
        vec = np.isin(range(total), remaining)
        masks["%d.weight" % i] = vec
    return [module, *go(parts_list, i + 1, remaining, total, decide_for, masks)]


def prune_structured(model, ratio, norm=1):
    ensure(norm in [1, 2], "only the norms 1 and 2 are known")
    ensure(0.0 <= ratio < 1.0, "ratio must be at least 0 and below 1")
    output_at = len(model) - 1
    while not hasattr(model[output_at], "weight") or hasattr(model[output_at], "running_mean"):
        output_at -= 1

    def decide_for(i, arr):
        removed_n = count_of(ratio, arr.shape[0]) if i < output_at else 0
        return select(strengths(arr, norm), removed_n)

    masks = {}
    fresh = go(list(model.layers), 0, None, None, decide_for, masks)
    return Sequential(fresh), masks
