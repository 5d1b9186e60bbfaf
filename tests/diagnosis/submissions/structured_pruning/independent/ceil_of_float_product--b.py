"""Channel pruning for plain NumPy networks."""

import copy
import numpy as np

import judge.nn as nn


def survivors(scores, k):
    return np.sort(np.argsort(scores, kind="stable")[k:])


def number_to_cut(ratio, n):
    wanted = int(np.ceil(n * ratio))
    return wanted if wanted < n else n - 1


def _measure(weight, norm):
    wide = weight.reshape(weight.shape[0], -1).astype(np.float64)
    return np.abs(wide).sum(axis=-1) if norm == 1 else np.sqrt(np.einsum("ij,ij->i", wide, wide))


def has_filters(layer):
    return isinstance(layer, (nn.Linear, nn.Conv2d))


def inflate(ix, n, size):
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
        w = w.take(inflate(*above, w.shape[1]), axis=1)
    return with_arrays(layer, weight=w.take(ix, axis=0), bias=None if layer.bias is None else layer.bias.take(ix))


def shrink_norm(layer, above):
    at = inflate(*above, layer.weight.size)
    names = ("weight", "bias", "running_mean", "running_var")
    return with_arrays(layer, **{name: getattr(layer, name).take(at) for name in names})


def smaller_layer(i, layer, plan):
    earlier = [p for p in plan if p < i]
    above = (plan[earlier[-1]][0], plan[earlier[-1]][1]) if earlier else None
    if i in plan:
        return shrink_heavy(layer, plan[i][0], above)
    if above is not None and isinstance(layer, (nn.BatchNorm1d, nn.BatchNorm2d)):
        return shrink_norm(layer, above)
    return copy.copy(layer)


def prune_structured(model, ratio, norm=1):
    if not (ratio >= 0.0 and ratio < 1.0):
        raise ValueError("ratio out of range")
    if norm not in {1, 2}:
        raise ValueError("only the L1 and L2 norms are known")
    main = [(i, layer.weight) for i, layer in enumerate(model) if has_filters(layer)]
    output = main[-1][0]
    plan = {
        i: (np.arange(len(w)) if i == output else np.array(survivors(_measure(w, norm), number_to_cut(ratio, len(w)))), len(w))
        for i, w in main
    }
    masks = {f"{i}.weight": np.bincount(ix, minlength=n) for i, (ix, n) in plan.items()}
    return nn.Sequential(smaller_layer(i, layer, plan) for i, layer in enumerate(model)), masks
