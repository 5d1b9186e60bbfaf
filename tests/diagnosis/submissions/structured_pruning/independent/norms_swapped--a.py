"""Cuts the weakest filters out of a Sequential and whatever depends on them."""

import copy
from fractions import Fraction

import numpy as np

from judge.nn import Sequential


def channels_to_drop(ratio, n):
    return min(int(Fraction(repr(ratio)) * n), n - 1)


def channel_norms(a, norm):
    mat = a.reshape(len(a), -1).astype(np.float64)
    if norm == 1:
        return np.sqrt(np.sum(mat**2, axis=1))
    return np.sum(np.abs(mat), axis=1)


def pick(sizes, removed_n):
    order = sorted(range(len(sizes)), key=lambda ci: sizes[ci])
    return np.array(sorted(order[removed_n:]))


VECTORS = ("weight", "bias", "running_mean", "running_var")


def expand(idx, before, size):
    per_channel = size // before
    return np.repeat(idx, per_channel) * per_channel + np.tile(np.arange(per_channel), len(idx))


def go(seq, i, idx, before, policy, masks):
    """Return the layers from i on, cut to what is left of the before channels that come in."""
    if i == len(seq):
        return []
    layer = copy.copy(seq[i])
    if hasattr(layer, "running_mean"):
        if idx is not None:
            picks = expand(idx, before, len(layer.weight))
            for field in VECTORS:
                setattr(layer, field, getattr(layer, field)[picks])
    elif hasattr(layer, "weight"):
        arr = layer.weight
        mine = policy(i, arr)
        if idx is not None:
            arr = arr[:, expand(idx, before, arr.shape[1])]
        idx, before = mine, arr.shape[0]
        layer.weight = arr[idx]
        if layer.bias is not None:
            layer.bias = layer.bias.take(idx)
        marks = np.zeros(before)
        np.put(marks, idx, 1.0)
        masks[str(i) + ".weight"] = marks
    return [layer, *go(seq, i + 1, idx, before, policy, masks)]


def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1:
        raise ValueError(f"ratio must lie in [0, 1), not {ratio!r}")
    if norm not in (1, 2):
        raise ValueError(f"norm must be 1 or 2, not {norm!r}")
    final = len(model) - 1
    while not hasattr(model[final], "weight") or hasattr(model[final], "running_mean"):
        final -= 1

    def policy(i, arr):
        if i == final:
            return np.arange(len(arr))
        return pick(channel_norms(arr, norm), channels_to_drop(ratio, len(arr)))

    masks = {}
    built = go(list(model.layers), 0, None, None, policy, masks)
    return Sequential(built), masks
