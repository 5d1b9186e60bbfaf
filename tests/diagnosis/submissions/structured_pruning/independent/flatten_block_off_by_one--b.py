"""Remove the channels with the smallest norms and return the smaller network with its masks."""

import copy
import math
from fractions import Fraction
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Sequential


def refuse_bad(ratio, norm):
    if not 0 <= ratio < 1:
        raise ValueError(f"ratio must lie in [0, 1), not {ratio}")
    if norm not in (1, 2):
        raise ValueError(f"norm must be 1 or 2, not {norm}")


def _k_for(ratio, n):
    top, bottom = Fraction(repr(ratio)).as_integer_ratio()
    whole, rest = divmod(top * n, bottom)
    if rest:
        whole += 1
    return whole if whole < n else n - 1


def filter_norms(weight, norm):
    result = []
    for row in weight:
        values = row.ravel().tolist()
        if norm == 1:
            result.append(math.fsum(abs(v) for v in values))
        else:
            result.append(math.sqrt(math.fsum(v * v for v in values)))
    return result


def kept_indices(scores, k):
    ranks = np.argsort(np.argsort(scores))
    return np.flatnonzero(ranks >= k)


def has_filters(layer):
    return isinstance(layer, (Linear, Conv2d))


def spread_out(idx, n, size):
    """Channel numbers to feature numbers."""
    hw = size // n
    return np.concatenate([np.arange(c * hw, (c + 1) * hw) for c in idx])


def with_arrays(layer, **arrays):
    clone = copy.copy(layer)
    vars(clone).update(arrays)
    return clone


def shrink_heavy(layer, idx, source_info):
    w = layer.weight
    if source_info is not None:
        kept, n = source_info
        if w.shape[1] == n:
            w = w.take(kept, axis=1)
        else:
            hw = w.shape[1] // n
            w = np.concatenate([w[:, c * hw + 1 : (c + 1) * hw + 1] for c in kept], axis=1)
    return with_arrays(layer, weight=w.take(idx, axis=0), bias=None if layer.bias is None else layer.bias.take(idx))


def shrink_norm(layer, source_info):
    at = spread_out(*source_info, layer.weight.size)
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
    refuse_bad(ratio, norm)
    heavy = [(i, layer.weight) for i, layer in enumerate(model) if has_filters(layer)]
    output = heavy[-1][0]
    plan = {
        i: (np.arange(len(w)) if i == output else np.array(kept_indices(filter_norms(w, norm), _k_for(ratio, len(w)))), len(w))
        for i, w in heavy
    }
    masks = {f"{i}.weight": np.bincount(idx, minlength=n) for i, (idx, n) in plan.items()}
    return Sequential(smaller_layer(i, layer, plan) for i, layer in enumerate(model)), masks
