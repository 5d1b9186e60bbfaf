"""Cuts the weakest filters out of a Sequential and whatever depends on them."""

import copy
import math
from fractions import Fraction

import numpy as np

from judge.nn import Sequential


def saliency(wts, norm):
    norm_fn = (lambda one_filter: np.sum(np.abs(one_filter))) if norm == 1 else (lambda one_filter: np.sqrt(np.sum(one_filter**2)))
    return [float(norm_fn(one_filter)) for one_filter in wts.astype(np.double)]


def pick(scores, removed_n):
    return np.sort(np.argsort(scores, kind="stable")[removed_n:])


def channels_to_drop(ratio, full):
    return min(int(Fraction(repr(ratio)) * full), full - 1)


NORM_FIELDS = ("weight", "bias", "running_mean", "running_var")


def per_feature(kept, total, n_features):
    step = n_features // total
    return np.repeat(kept, step) * step + np.tile(np.arange(step), len(kept))


def rest(seq, p, kept, total, decide_for, flags_by_name):
    """Return the layers from p on, cut to what is left of the total channels that come in."""
    if p == len(seq):
        return []
    lay = copy.copy(seq[p])
    if hasattr(lay, "running_mean"):
        if kept is not None:
            picks = per_feature(kept, total, len(lay.weight))
            for key in NORM_FIELDS:
                setattr(lay, key, getattr(lay, key)[picks])
    elif hasattr(lay, "weight"):
        arr = lay.weight
        ours = decide_for(p, arr)
        if kept is not None:
            arr = arr[:, per_feature(kept, total, arr.shape[1])]
        kept, total = ours, arr.shape[0]
        lay.weight = arr[kept]
        lay.bias = None if lay.bias is None else lay.bias[kept]
        vec = np.zeros(total, dtype=np.int8)
        vec[kept] = 1
        flags_by_name["%d.weight" % p] = vec
    return [lay] + rest(seq, p + 1, kept, total, decide_for, flags_by_name)


def prune_structured(model, ratio, norm=1):
    if math.isnan(ratio):
        raise ValueError("ratio is NaN")
    if norm not in (1, 2):
        raise ValueError("norm must be 1 or 2")
    ratio = min(max(ratio, 0.0), 1.0)
    output_at = next(
        p
        for p in reversed(range(len(model.layers)))
        if type(model.layers[p]).__name__ in ("Linear", "Conv2d")
    )

    def decide_for(p, arr):
        removed_n = channels_to_drop(ratio, arr.shape[0]) if p < output_at else 0
        return pick(saliency(arr, norm), removed_n)

    flags_by_name = {}
    new = rest(list(model.layers), 0, None, None, decide_for, flags_by_name)
    return Sequential(new), flags_by_name
