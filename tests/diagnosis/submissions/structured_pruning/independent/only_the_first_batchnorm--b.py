"""Cuts the weakest filters out of a Sequential and whatever depends on them."""

import copy
import math
from decimal import Decimal

import numpy as np

from judge.nn import Sequential


NORM_FIELDS = ("weight", "bias", "running_mean", "running_var")


def expand(chosen, width, extent):
    area = extent // width
    return np.repeat(chosen, area) * area + np.tile(np.arange(area), len(chosen))


def walk(parts_list, index, chosen, width, decide_for, out_masks, already=False):
    """Return the layers from index on, cut to what is left of the width channels that come in."""
    if index == len(parts_list):
        return []
    op = copy.copy(parts_list[index])
    if hasattr(op, "running_mean"):
        if chosen is not None and not already:
            already = True
            features = expand(chosen, width, len(op.weight))
            for name in NORM_FIELDS:
                setattr(op, name, getattr(op, name)[features])
    elif hasattr(op, "weight"):
        already = False
        matrix = op.weight
        ours = decide_for(index, matrix)
        if chosen is not None:
            matrix = matrix[:, expand(chosen, width, matrix.shape[1])]
        chosen, width = ours, matrix.shape[0]
        op.weight = matrix[chosen]
        op.bias = None if op.bias is None else op.bias[chosen]
        flag = np.zeros(width, dtype=np.int8)
        flag[chosen] = 1
        out_masks[f"{index}.weight"] = flag
    return [op, *walk(parts_list, index + 1, chosen, width, decide_for, out_masks, already)]


def prune_structured(model, ratio, norm=1):
    require(ratio, norm)
    final = next(
        index
        for index in reversed(range(len(model.layers)))
        if type(model.layers[index]).__name__ in ("Linear", "Conv2d")
    )

    def decide_for(index, matrix):
        if index == final:
            return np.arange(len(matrix))
        return weakest_out(measure(matrix, norm), removal_count(ratio, len(matrix)))

    out_masks = {}
    built = walk(list(model.layers), 0, None, None, decide_for, out_masks)
    return Sequential(built), out_masks


def require(ratio, norm):
    if math.isnan(ratio) or math.isinf(ratio):
        raise ValueError("ratio is not finite")
    if ratio < 0 or ratio >= 1:
        raise ValueError("ratio is outside [0, 1)")
    if norm != 1 and norm != 2:
        raise ValueError("unknown norm")


def weakest_out(s_, drop_n):
    ranking = np.lexsort((range(len(s_)), s_))
    return np.setdiff1d(np.arange(len(s_)), ranking[:drop_n])


def measure(tensor, norm):
    flat = np.abs(np.ascontiguousarray(tensor, dtype=np.float64)).ravel()
    begins = np.arange(0, flat.size, flat.size // len(tensor))
    return np.add.reduceat(flat if norm == 1 else np.square(flat), begins)


def removal_count(ratio, channels_n):
    """How many of channels_n channels go, by the decimal digits of the ratio."""
    x = Decimal(repr(ratio)) * channels_n
    drop_n = int(x)
    return drop_n if drop_n < channels_n else channels_n - 1
