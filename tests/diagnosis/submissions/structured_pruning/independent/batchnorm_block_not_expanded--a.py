"""Remove the channels with the smallest norms and return the smaller network with its masks."""

import copy
import heapq
from decimal import Decimal
import numpy as np

from judge import nn


def has_filters(layer):
    return isinstance(layer, (nn.Linear, nn.Conv2d))


def widen(idx, n, size):
    """Channel numbers to feature numbers."""
    hw = size // n
    return np.concatenate([np.arange(c * hw, (c + 1) * hw) for c in idx])


def with_arrays(layer, **arrays):
    twin = copy.copy(layer)
    vars(twin).update(arrays)
    return twin


def shrink_heavy(layer, idx, above):
    w = layer.weight
    if above is not None:
        w = w.take(widen(*above, w.shape[1]), axis=1)
    return with_arrays(layer, weight=w.take(idx, axis=0), bias=None if layer.bias is None else layer.bias.take(idx))


def shrink_norm(layer, above):
    at = above[0]
    names = ("weight", "bias", "running_mean", "running_var")
    return with_arrays(layer, **{name: getattr(layer, name).take(at) for name in names})


def shrink(i, layer, plan):
    earlier = [p for p in plan if p < i]
    above = (plan[earlier[-1]][0], plan[earlier[-1]][1]) if earlier else None
    if i in plan:
        return shrink_heavy(layer, plan[i][0], above)
    if above is not None and isinstance(layer, (nn.BatchNorm1d, nn.BatchNorm2d)):
        return shrink_norm(layer, above)
    return copy.copy(layer)


def prune_structured(model, ratio, norm=1):
    if norm not in (1, 2) or not (0.0 <= ratio < 1.0):
        raise ValueError(f"cannot prune with ratio={ratio!r}, norm={norm!r}")
    main = [(i, layer.weight) for i, layer in enumerate(model) if has_filters(layer)]
    output = main[-1][0]
    plan = {
        i: (np.arange(len(w)) if i == output else np.array(winners(_measure(w, norm), quota(ratio, len(w)))), len(w))
        for i, w in main
    }
    masks = {f"{i}.weight": np.bincount(idx, minlength=n) for i, (idx, n) in plan.items()}
    return nn.Sequential(shrink(i, layer, plan) for i, layer in enumerate(model)), masks


def quota(ratio, n):
    """How many of ``n`` go."""
    top, bottom = Decimal(repr(ratio)).as_integer_ratio()
    return min(top * n // bottom, n - 1)


def winners(scores, k):
    strongest = heapq.nlargest(len(scores) - k, range(len(scores)), key=scores.__getitem__)
    return np.array(sorted(strongest))


def _measure(weight, norm):
    flat = np.abs(weight.astype(np.float64)).reshape(weight.shape[0], -1)
    if norm == 1:
        return flat.sum(axis=1)
    return np.sqrt((flat * flat).sum(axis=1))
