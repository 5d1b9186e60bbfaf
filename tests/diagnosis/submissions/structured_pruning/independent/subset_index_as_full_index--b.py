"""Takes the channels of smallest L1 or L2 norm out of every layer but the output."""

import copy
import math
from decimal import Decimal, ROUND_CEILING

import numpy as np

from judge.nn import Sequential


def ensure(cond, complaint):
    if not cond:
        raise ValueError(complaint)


def weakest_out(s_, cut_n):
    """All but the strongest are candidates."""
    top_ones = max(range(len(s_)), key=lambda cc: s_[cc])
    zz = [e for cc, e in enumerate(s_) if cc != top_ones]
    ranking = sorted(range(len(zz)), key=lambda cc: zz[cc])
    lowest = set(ranking[:cut_n])
    return np.array([cc for cc in range(len(s_)) if cc not in lowest])


def strengths(array_in, norm):
    answer = []
    for filt in array_in:
        vals = [abs(e) for e in filt.ravel().tolist()]
        if norm == 1:
            answer.append(math.fsum(vals))
        else:
            answer.append(math.sqrt(math.fsum(e * e for e in vals)))
    return answer


def removal_count(ratio, full):
    exact = (Decimal(repr(ratio)) * full).to_integral_value(rounding=ROUND_CEILING)
    return int(min(exact, full - 1))


BN_ARRAYS = ("weight", "bias", "running_mean", "running_var")


def widen(idx, total, extent):
    return np.arange(extent).reshape(total, -1)[idx].ravel()


def walk(seq, n_layer, idx, total, rule, out_masks):
    """Return the layers from n_layer on, cut to what is left of the total channels that come in."""
    if n_layer == len(seq):
        return []
    layer = copy.copy(seq[n_layer])
    if hasattr(layer, "running_mean"):
        if idx is not None:
            picks = widen(idx, total, len(layer.weight))
            for field in BN_ARRAYS:
                setattr(layer, field, getattr(layer, field)[picks])
    elif hasattr(layer, "weight"):
        arr = layer.weight
        current = rule(n_layer, arr)
        if idx is not None:
            arr = arr[:, widen(idx, total, arr.shape[1])]
        idx, total = current, arr.shape[0]
        layer.weight = arr[idx]
        layer.bias = None if layer.bias is None else layer.bias[idx]
        bits = np.zeros(total, dtype=np.int8)
        bits[idx] = 1
        out_masks["{}.weight".format(n_layer)] = bits
    return [layer, *walk(seq, n_layer + 1, idx, total, rule, out_masks)]


def prune_structured(model, ratio, norm=1):
    ensure(norm in [1, 2], "only the norms 1 and 2 are known")
    ensure(0.0 <= ratio < 1.0, "ratio must be at least 0 and below 1")
    head_pos = next(
        n_layer
        for n_layer in reversed(range(len(model.layers)))
        if type(model.layers[n_layer]).__name__ in ("Linear", "Conv2d")
    )

    def rule(n_layer, arr):
        if n_layer == head_pos:
            return np.arange(len(arr))
        return weakest_out(strengths(arr, norm), removal_count(ratio, len(arr)))

    out_masks = {}
    pieces = walk(list(model.layers), 0, None, None, rule, out_masks)
    return Sequential(pieces), out_masks
