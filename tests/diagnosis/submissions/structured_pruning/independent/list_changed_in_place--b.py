"""Structured pruning by filter norm: whole channels go, everything that follows them goes too."""

import copy
import heapq
import math
from decimal import Decimal
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


def _k_for(ratio, n):
    """How many of ``n`` go."""
    top, bottom = Decimal(repr(ratio)).as_integer_ratio()
    return min(top * n // bottom, n - 1)


def check_arguments(ratio, norm):
    problems = []
    if not math.isfinite(ratio) or not 0 <= ratio < 1:
        problems.append("ratio")
    if norm not in [1, 2]:
        problems.append("norm")
    if problems:
        raise ValueError("invalid: " + ", ".join(problems))


def importance(weight, norm):
    wide = weight.reshape(weight.shape[0], -1).astype(np.float64)
    return np.abs(wide).sum(axis=-1) if norm == 1 else np.sqrt(np.einsum("ij,ij->i", wide, wide))


def select_channels(scores, k):
    strongest = heapq.nlargest(len(scores) - k, range(len(scores)), key=scores.__getitem__)
    return np.array(sorted(strongest))


def has_filters(layer):
    return isinstance(layer, (Linear, Conv2d))


def widen(ids, n, size):
    """Channel numbers to feature numbers."""
    hw = size // n
    return np.concatenate([np.arange(c * hw, (c + 1) * hw) for c in ids])


def with_arrays(layer, **arrays):
    piece = copy.copy(layer)
    vars(piece).update(arrays)
    return piece


def shrink_heavy(layer, ids, above):
    w = layer.weight
    if above is not None:
        w = w.take(widen(*above, w.shape[1]), axis=1)
    return with_arrays(layer, weight=w.take(ids, axis=0), bias=None if layer.bias is None else layer.bias.take(ids))


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
    check_arguments(ratio, norm)
    heavy = [(i, layer.weight) for i, layer in enumerate(model) if has_filters(layer)]
    output = heavy[-1][0]
    plan = {
        i: (np.arange(len(w)) if i == output else np.array(select_channels(importance(w, norm), _k_for(ratio, len(w)))), len(w))
        for i, w in heavy
    }
    masks = {f"{i}.weight": np.bincount(ids, minlength=n) for i, (ids, n) in plan.items()}
    model.layers[:] = [smaller_layer(i, layer, plan) for i, layer in enumerate(model)]
    return model, masks
