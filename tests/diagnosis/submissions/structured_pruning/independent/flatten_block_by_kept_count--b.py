"""Drop output channels by magnitude and rewire what reads them."""

import copy
import math
from decimal import Decimal
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Flatten, Linear, Sequential


def has_filters(layer):
    return isinstance(layer, (Linear, Conv2d))


def widen(ix, n, size):
    """Channel numbers to feature numbers."""
    hw = size // n
    return np.concatenate([np.arange(c * hw, (c + 1) * hw) for c in ix])


def with_arrays(layer, **arrays):
    clone = copy.copy(layer)
    vars(clone).update(arrays)
    return clone


def shrink_heavy(layer, ix, above):
    w = layer.weight
    if above is not None:
        kept, n = above
        if w.shape[1] == n:
            w = w.take(kept, axis=1)
        else:  # behind a Flatten: one block for each
            block = w.shape[1] // len(kept)
            w = np.concatenate([w[:, c * block : c * block + block] for c in kept], axis=1)
    return with_arrays(layer, weight=w.take(ix, axis=0), bias=None if layer.bias is None else layer.bias.take(ix))


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
    weighted_layers = [(i, layer.weight) for i, layer in enumerate(model) if has_filters(layer)]
    output = weighted_layers[-1][0]
    plan = {
        i: (np.arange(len(w)) if i == output else np.array(kept_indices(strengths(w, norm), quota(ratio, len(w)))), len(w))
        for i, w in weighted_layers
    }
    masks = {f"{i}.weight": np.bincount(ix, minlength=n) for i, (ix, n) in plan.items()}
    return Sequential(convert(i, layer, plan) for i, layer in enumerate(model)), masks


def kept_indices(scores, k):
    ranking = np.lexsort((np.arange(len(scores)), np.asarray(scores)))
    return np.setdiff1d(np.arange(len(scores)), ranking[:k])


def strengths(weight, norm):
    wide = weight.reshape(weight.shape[0], -1).astype(np.float64)
    return np.abs(wide).sum(axis=-1) if norm == 1 else np.sqrt(np.einsum("ij,ij->i", wide, wide))


def quota(ratio, n):
    return min(math.ceil(Decimal(repr(ratio)) * n), n - 1)
