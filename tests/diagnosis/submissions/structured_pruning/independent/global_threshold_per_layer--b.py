"""Prune whole filters, keep the rest as it is."""

import copy
from decimal import ROUND_FLOOR, Decimal
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Sequential


def above_limit(scores, limit):
    best = max(scores)
    return [c for c, s in enumerate(scores) if s >= min(limit, best)]


def magnitudes(weight, norm):
    power = np.abs(weight.astype(float)) ** norm
    return power.reshape(power.shape[0], -1).sum(axis=1) ** (1.0 / norm)


def _k_for(ratio, n):
    exact = Decimal(repr(ratio)) * n
    return min(int(exact.to_integral_value(rounding=ROUND_FLOOR)), n - 1)


def has_filters(layer):
    return isinstance(layer, (Linear, Conv2d))


def widen(idx, n, size):
    """Channel numbers to feature numbers."""
    hw = size // n
    return np.concatenate([np.arange(c * hw, (c + 1) * hw) for c in idx])


def with_arrays(layer, **arrays):
    piece = copy.copy(layer)
    vars(piece).update(arrays)
    return piece


def shrink_heavy(layer, idx, source_info):
    w = layer.weight
    if source_info is not None:
        w = w.take(widen(*source_info, w.shape[1]), axis=1)
    return with_arrays(layer, weight=w.take(idx, axis=0), bias=None if layer.bias is None else layer.bias.take(idx))


def shrink_norm(layer, source_info):
    at = widen(*source_info, layer.weight.size)
    names = ("weight", "bias", "running_mean", "running_var")
    return with_arrays(layer, **{name: getattr(layer, name).take(at) for name in names})


def shrink(i, layer, plan):
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
    everything = sorted(float(s) for _, w in weighted_layers[:-1] for s in magnitudes(w, norm))
    limit = everything[_k_for(ratio, len(everything))] if everything else 0.0
    plan = {
        i: (np.arange(len(w)) if i == output else np.array(above_limit(magnitudes(w, norm), limit)), len(w))
        for i, w in weighted_layers
    }
    masks = {f"{i}.weight": np.bincount(idx, minlength=n) for i, (idx, n) in plan.items()}
    return Sequential(shrink(i, layer, plan) for i, layer in enumerate(model)), masks
