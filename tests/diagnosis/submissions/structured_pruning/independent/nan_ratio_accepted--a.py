"""Removes whole output channels from a network by the norm of their weights."""

import copy

import numpy as np

from judge.nn import Sequential


def decide(norms, removed_n):
    order = sorted(range(len(norms)), key=lambda ci: norms[ci])
    return np.array(sorted(order[removed_n:]))


def measure(array_in, norm):
    axes = tuple(range(1, array_in.ndim))
    powered = np.abs(array_in.astype("float64")) ** norm
    return powered.sum(axis=axes) ** (1 / norm)


def removal_count(ratio, full):
    removed_n = 0
    while removed_n < full - 1 and removed_n + 1 <= ratio * full + 1e-9:
        removed_n += 1
    return removed_n


BN_ARRAYS = ("weight", "bias", "running_mean", "running_var")


def spread(remaining, before, extent):
    return np.arange(extent).reshape(before, -1)[remaining].ravel()


def shrink_from(seq, pos, remaining, before, rule, out_masks):
    """Return the layers from pos on, cut to what is left of the before channels that come in."""
    if pos == len(seq):
        return []
    layer = copy.copy(seq[pos])
    if hasattr(layer, "running_mean"):
        if remaining is not None:
            sel = spread(remaining, before, len(layer.weight))
            for field in BN_ARRAYS:
                setattr(layer, field, getattr(layer, field)[sel])
    elif hasattr(layer, "weight"):
        w = layer.weight
        here = rule(pos, w)
        if remaining is not None:
            w = w[:, spread(remaining, before, w.shape[1])]
        remaining, before = here, w.shape[0]
        layer.weight = w[remaining]
        if layer.bias is not None:
            layer.bias = layer.bias.take(remaining)
        mask = np.zeros(before)
        np.put(mask, remaining, 1.0)
        out_masks["{}.weight".format(pos)] = mask
    return [layer] + shrink_from(seq, pos + 1, remaining, before, rule, out_masks)


def prune_structured(model, ratio, norm=1):
    if ratio < 0 or ratio >= 1:
        raise ValueError("ratio must be in [0, 1)")
    if norm not in (1, 2):
        raise ValueError("norm must be 1 or 2")
    last = len(model) - 1
    while not hasattr(model[last], "weight") or hasattr(model[last], "running_mean"):
        last -= 1

    def rule(pos, w):
        if pos == last:
            return np.arange(len(w))
        return decide(measure(w, norm), removal_count(ratio, len(w)))

    out_masks = {}
    pieces = shrink_from(list(model.layers), 0, None, None, rule, out_masks)
    return Sequential(pieces), out_masks
