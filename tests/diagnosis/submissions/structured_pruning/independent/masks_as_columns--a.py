"""Removes whole output channels from a network by the norm of their weights."""

import copy
import math
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear


def magnitudes(filters, norm):
    axes = tuple(range(1, filters.ndim))
    powers = np.abs(filters.astype("float64")) ** norm
    return powers.sum(axis=axes) ** (1 / norm)


def quota(ratio, how_wide):
    num, den = Fraction(repr(ratio)).as_integer_ratio()
    k = num * how_wide // den
    return min(how_wide - 1, k)


def survivors(s_, k):
    order = np.lexsort((np.arange(len(s_)), s_))
    mark = np.zeros(len(s_), dtype=bool)
    mark[order[k:]] = True
    return mark


def per_feature(live, n_features):
    """One flag per channel, repeated for every feature of the channel."""
    return live[np.arange(n_features) * live.size // n_features]


def prune_structured(model, ratio, norm=1):
    fine = math.isfinite(ratio) and 0 <= ratio < 1 and norm in (1, 2)
    if not fine:
        raise ValueError("prune_structured(model, ratio in [0, 1), norm 1 or 2)")
    net = copy.deepcopy(model)
    weighted = []
    for i, layer in enumerate(net):
        if isinstance(layer, Linear) or isinstance(layer, Conv2d):
            weighted.append(i)
    kept_masks = {}
    live = None
    for i, layer in enumerate(net.layers):
        if i in weighted:
            arr = layer.weight
            if i == weighted[-1]:
                good = np.ones(arr.shape[0], dtype=bool)
            else:
                good = survivors(magnitudes(arr, norm), quota(ratio, arr.shape[0]))
            kept_masks["{}.weight".format(i)] = good[:, np.newaxis]
            if live is not None:
                arr = arr[:, per_feature(live, arr.shape[1])]
            layer.weight = arr[good]
            if layer.bias is not None:
                layer.bias = layer.bias[good]
            live = good
        elif type(layer).__name__.startswith("BatchNorm") and live is not None:
            inner = per_feature(live, layer.weight.size)
            for name in ("weight", "bias", "running_mean", "running_var"):
                setattr(layer, name, getattr(layer, name)[inner])
    return net, kept_masks
