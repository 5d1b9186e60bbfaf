"""Returns a slimmer copy of a network together with the masks of what stayed."""

import math
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear


def saliency(wts, norm):
    other_axes = tuple(range(1, wts.ndim))
    powers = np.abs(wts.astype("float64")) ** norm
    return powers.sum(axis=other_axes) ** (1 / norm)


def survivors(strength, removed_n):
    if removed_n == 0:
        return np.zeros(0, dtype=int)
    return np.argpartition(strength, removed_n - 1)[:removed_n]


def count_of(ratio, how_wide):
    return min(int(Fraction(repr(ratio)) * how_wide), how_wide - 1)


def per_feature(dropped, span):
    return np.array([u * span + follower for u in dropped for follower in range(span)], dtype=int)


def remove_channels(parts_list, pos, dropped):
    """Take the channels dropped of layer pos out of it and out of everything up to the next weights."""
    source_layer = parts_list[pos]
    rows = source_layer.weight.shape[0]
    source_layer.weight = np.delete(source_layer.weight, dropped, axis=0)
    if source_layer.bias is not None:
        source_layer.bias = np.delete(source_layer.bias, dropped)
    for lay in parts_list[pos + 1 :]:
        if hasattr(lay, "running_mean"):
            picks = per_feature(dropped, lay.weight.size // rows)
            for what in ("weight", "bias", "running_mean", "running_var"):
                lay.__dict__[what] = np.delete(lay.__dict__[what], picks)
        elif type(lay).__name__ in {"Linear", "Conv2d"}:
            picks = per_feature(dropped, lay.weight.shape[1] // rows)
            lay.weight = np.delete(lay.weight, picks, axis=1)
            return


def prune_structured(model, ratio, norm=1):
    ok = math.isfinite(ratio) and 0 <= ratio < 1 and norm in (1, 2)
    if not ok:
        raise ValueError("prune_structured(model, ratio in [0, 1), norm 1 or 2)")
    tensors = {}
    for pos, lay in enumerate(model):
        if isinstance(lay, Linear | Conv2d):
            tensors[pos] = lay.weight
    output_at = max(tensors)
    inner_ones = [pos for pos in tensors if pos != output_at]
    kept_masks = {f"{pos}.weight": np.ones(len(arr), dtype=np.bool_) for pos, arr in tensors.items()}
    clone = model[:]
    for pos in inner_ones:
        arr = tensors[pos]
        dropped = survivors(saliency(arr, norm), count_of(ratio, arr.shape[0]))
        kept_masks[f"{pos}.weight"][dropped] = False
        remove_channels(clone.layers, pos, dropped)
    return clone, kept_masks
