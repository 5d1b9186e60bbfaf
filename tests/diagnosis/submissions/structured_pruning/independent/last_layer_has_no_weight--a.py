"""Structured pruning by filter norm: whole channels go, everything that follows them goes too."""

import copy
import heapq
from fractions import Fraction
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Sequential


def strengths(weight, norm):
    axes = tuple(range(1, weight.ndim))
    precise = weight.astype("f8")
    if norm == 2:
        return np.sqrt(np.square(precise).sum(axis=axes))
    return np.absolute(precise).sum(axis=axes)


def victims(ratio, n):
    top, bottom = Fraction(repr(ratio)).as_integer_ratio()
    whole, rest = divmod(top * n, bottom)
    if rest:
        whole += 1
    return whole if whole < n else n - 1


def kept_indices(scores, k):
    strongest = heapq.nlargest(len(scores) - k, range(len(scores)), key=scores.__getitem__)
    return np.array(sorted(strongest))


def has_filters(layer):
    return isinstance(layer, (Linear, Conv2d))


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
    at = widen(*above, layer.weight.size)
    names = ("weight", "bias", "running_mean", "running_var")
    return with_arrays(layer, **{name: getattr(layer, name).take(at) for name in names})


def convert(i, layer, plan):
    earlier = [p for p in plan if p < i]
    above = (plan[earlier[-1]][0], plan[earlier[-1]][1]) if earlier else None
    if i in plan:
        return shrink_heavy(layer, plan[i][0], above)
    if above is not None and isinstance(layer, (BatchNorm1d, BatchNorm2d)):
        return shrink_norm(layer, above)
    return copy.copy(layer)


def prune_structured(model, ratio, norm=1):
    if not (ratio >= 0.0 and ratio < 1.0):
        raise ValueError("ratio out of range")
    if norm not in {1, 2}:
        raise ValueError("only the L1 and L2 norms are known")
    heavy = [(i, layer.weight) for i, layer in enumerate(model) if has_filters(layer)]
    output = heavy[-1][0]
    classes = model[-1].weight.shape[0]
    plan = {
        i: (np.arange(classes) if i == output else np.array(kept_indices(strengths(w, norm), victims(ratio, len(w)))), len(w))
        for i, w in heavy
    }
    masks = {f"{i}.weight": np.bincount(idx, minlength=n) for i, (idx, n) in plan.items()}
    return Sequential(convert(i, layer, plan) for i, layer in enumerate(model)), masks
