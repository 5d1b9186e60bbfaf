"""Remove the channels with the smallest norms and return the smaller network with its masks."""

import copy
import math
from decimal import Decimal
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Sequential


def has_filters(layer):
    return isinstance(layer, (Linear, Conv2d))


def widen(ix, n, size):
    """Channel numbers to feature numbers."""
    hw = size // n
    return np.concatenate([np.arange(c * hw, (c + 1) * hw) for c in ix])


def with_arrays(layer, **arrays):
    piece = copy.copy(layer)
    vars(piece).update(arrays)
    return piece


def shrink_heavy(layer, ix, source_info):
    w = layer.weight
    if source_info is not None:
        w = w.take(widen(*source_info, w.shape[1]), axis=1)
    return with_arrays(layer, weight=w.take(ix, axis=0), bias=None if layer.bias is None else layer.bias.take(ix))


def shrink_norm(layer, source_info):
    at, n = source_info
    if layer.num_features != n:
        return copy.copy(layer)
    names = ("weight", "bias", "running_mean", "running_var")
    return with_arrays(layer, **{name: getattr(layer, name).take(at) for name in names})


def smaller_layer(i, layer, plan):
    earlier = [p for p in plan if p < i]
    source_info = (plan[earlier[-1]][0], plan[earlier[-1]][1]) if earlier else None
    if i in plan:
        return shrink_heavy(layer, plan[i][0], source_info)
    if source_info is not None and isinstance(layer, (BatchNorm1d, BatchNorm2d)):
        return shrink_norm(layer, source_info)
    return copy.copy(layer)


def prune_structured(model, ratio, norm=1):
    if not (ratio >= 0.0 and ratio < 1.0):
        raise ValueError("ratio out of range")
    if norm not in {1, 2}:
        raise ValueError("only the L1 and L2 norms are known")
    weighted_layers = [(i, layer.weight) for i, layer in enumerate(model) if has_filters(layer)]
    output = weighted_layers[-1][0]
    plan = {
        i: (np.arange(len(w)) if i == output else np.array(winners(filter_norms(w, norm), drop_count(ratio, len(w)))), len(w))
        for i, w in weighted_layers
    }
    masks = {f"{i}.weight": np.bincount(ix, minlength=n) for i, (ix, n) in plan.items()}
    return Sequential(smaller_layer(i, layer, plan) for i, layer in enumerate(model)), masks


def winners(scores, k):
    return np.sort(np.argsort(scores, kind="stable")[k:])


def drop_count(ratio, n):
    return min(math.ceil(Decimal(repr(ratio)) * n), n - 1)


def filter_norms(weight, norm):
    power = np.abs(weight.astype(float)) ** norm
    return power.reshape(power.shape[0], -1).sum(axis=1) ** (1.0 / norm)
