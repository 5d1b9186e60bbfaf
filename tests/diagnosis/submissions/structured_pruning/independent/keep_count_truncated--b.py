"""Make a network narrower: prune_structured(model, ratio, norm)."""

import copy
import math
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Sequential


def has_filters(layer):
    return isinstance(layer, (Linear, Conv2d))


def widen(idx, n, size):
    """Channel numbers to feature numbers."""
    hw = size // n
    return np.concatenate([np.arange(c * hw, (c + 1) * hw) for c in idx])


def with_arrays(layer, **arrays):
    clone = copy.copy(layer)
    vars(clone).update(arrays)
    return clone


def shrink_heavy(layer, idx, above):
    w = layer.weight
    if above is not None:
        w = w.take(widen(*above, w.shape[1]), axis=1)
    return with_arrays(layer, weight=w.take(idx, axis=0), bias=None if layer.bias is None else layer.bias.take(idx))


def shrink_norm(layer, above):
    at = widen(*above, layer.weight.size)
    names = ("weight", "bias", "running_mean", "running_var")
    return with_arrays(layer, **{name: getattr(layer, name).take(at) for name in names})


def smaller_layer(i, layer, plan):
    earlier = [p for p in plan if p < i]
    above = (plan[earlier[-1]][0], plan[earlier[-1]][1]) if earlier else None
    if i in plan:
        return shrink_heavy(layer, plan[i][0], above)
    if above is not None and isinstance(layer, (BatchNorm1d, BatchNorm2d)):
        return shrink_norm(layer, above)
    return copy.copy(layer)


def prune_structured(model, ratio, norm=1):
    if norm not in (1, 2) or not (0.0 <= ratio < 1.0):
        raise ValueError(f"cannot prune with ratio={ratio!r}, norm={norm!r}")
    weighted_layers = [(i, layer.weight) for i, layer in enumerate(model) if has_filters(layer)]
    output = weighted_layers[-1][0]
    plan = {
        i: (np.arange(len(w)) if i == output else np.array(kept_indices(importance(w, norm), ratio)), len(w))
        for i, w in weighted_layers
    }
    masks = {f"{i}.weight": np.bincount(idx, minlength=n) for i, (idx, n) in plan.items()}
    return Sequential(smaller_layer(i, layer, plan) for i, layer in enumerate(model)), masks


def kept_indices(scores, ratio):
    staying = math.floor(len(scores) * (1.0 - ratio)) or 1
    order = np.argsort(-np.asarray(scores), kind="stable")
    return np.sort(order[:staying])


def importance(weight, norm):
    rows = np.asarray(weight, dtype=np.float64).reshape(len(weight), -1)
    return np.linalg.norm(rows, ord=norm, axis=1)
