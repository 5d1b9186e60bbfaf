"""Drop output channels by magnitude and rewire what reads them."""

import copy
from fractions import Fraction
import numpy as np

import judge.nn as nn


def quota(ratio, n):
    k = int(Fraction(repr(ratio)) * n)
    return min(max(k, 1), n - 1)


def select_channels(scores, k):
    return np.sort(np.argsort(scores, kind="stable")[k:])


def row_norms(weight, norm):
    rows = np.asarray(weight, dtype=np.float64).reshape(len(weight), -1)
    return np.linalg.norm(rows, ord=norm, axis=1)


def prunable(layer):
    return isinstance(layer, (nn.Linear, nn.Conv2d))


def widen(ix, n, size):
    """Channel numbers to feature numbers."""
    hw = size // n
    return np.concatenate([np.arange(c * hw, (c + 1) * hw) for c in ix])


def with_arrays(layer, **arrays):
    twin = copy.copy(layer)
    vars(twin).update(arrays)
    return twin


def shrink_heavy(layer, ix, feed):
    w = layer.weight
    if feed is not None:
        w = w.take(widen(*feed, w.shape[1]), axis=1)
    return with_arrays(layer, weight=w.take(ix, axis=0), bias=None if layer.bias is None else layer.bias.take(ix))


def shrink_norm(layer, feed):
    at = widen(*feed, layer.weight.size)
    names = ("weight", "bias", "running_mean", "running_var")
    return with_arrays(layer, **{name: getattr(layer, name).take(at) for name in names})


def convert(i, layer, plan):
    earlier = [p for p in plan if p < i]
    feed = (plan[earlier[-1]][0], plan[earlier[-1]][1]) if earlier else None
    if i in plan:
        return shrink_heavy(layer, plan[i][0], feed)
    if feed is not None and isinstance(layer, (nn.BatchNorm1d, nn.BatchNorm2d)):
        return shrink_norm(layer, feed)
    return copy.copy(layer)


def prune_structured(model, ratio, norm=1):
    if norm not in (1, 2) or not (0.0 <= ratio < 1.0):
        raise ValueError(f"cannot prune with ratio={ratio!r}, norm={norm!r}")
    main = [(i, layer.weight) for i, layer in enumerate(model) if prunable(layer)]
    output = main[-1][0]
    plan = {
        i: (np.arange(len(w)) if i == output else np.array(select_channels(row_norms(w, norm), quota(ratio, len(w)))), len(w))
        for i, w in main
    }
    masks = {f"{i}.weight": np.bincount(ix, minlength=n) for i, (ix, n) in plan.items()}
    return nn.Sequential(convert(i, layer, plan) for i, layer in enumerate(model)), masks
