"""Shrinks linear and convolutional layers by whole channels."""

from decimal import Decimal

import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


def validate(good_enough, text):
    if not good_enough:
        raise ValueError(text)


def magnitudes(a, norm):
    size_of = (lambda one_filter: np.sum(np.abs(one_filter))) if norm == 1 else (lambda one_filter: np.sqrt(np.sum(one_filter**2)))
    return [float(size_of(one_filter)) for one_filter in a.astype(np.double)]


def number_removed(ratio, channels_n):
    """How many of channels_n channels go, by the decimal digits of the ratio."""
    exact = Decimal(repr(ratio)) * channels_n
    cut_n = int(exact)
    return cut_n if cut_n < channels_n else channels_n - 1


def weakest_out(scores, cut_n):
    if cut_n == 0:
        return np.zeros(0, dtype=int)
    return np.argpartition(scores, cut_n - 1)[:cut_n]


def unfold(losers, per_channel):
    return (losers.reshape(-1, 1) * per_channel + np.arange(per_channel)).flatten()


def drop(parts_list, n_layer, losers):
    """Take the channels losers of layer n_layer out of it and out of everything up to the next weights."""
    source_layer = parts_list[n_layer]
    height = source_layer.weight.shape[0]
    source_layer.weight = np.delete(source_layer.weight, losers, 0)
    source_layer.bias = source_layer.bias if source_layer.bias is None else np.delete(source_layer.bias, losers)
    for lay in parts_list[n_layer + 1 :]:
        if type(lay) in {BatchNorm1d, BatchNorm2d}:
            inner = unfold(losers, lay.weight.size // height)
            for field in ("weight", "bias", "running_mean", "running_var"):
                lay.__dict__[field] = np.delete(lay.__dict__[field], inner)
        elif isinstance(lay, Linear | Conv2d):
            inner = unfold(losers, lay.weight.shape[1] // height)
            lay.weight = np.delete(lay.weight, inner, axis=1)
            return


def prune_structured(model, ratio, norm=1):
    validate(norm in [1, 2], "only the norms 1 and 2 are known")
    validate(0.0 <= ratio < 1.0, "ratio must be at least 0 and below 1")
    candidates_by_pos = {}
    for n_layer, lay in enumerate(model):
        if isinstance(lay, Linear | Conv2d):
            candidates_by_pos[n_layer] = lay.weight
    last = max(candidates_by_pos)
    hidden = [n_layer for n_layer in candidates_by_pos if n_layer != last]
    out_masks = {"{}.weight".format(n_layer): np.full(len(kernel), True) for n_layer, kernel in candidates_by_pos.items()}
    smaller = model.copy()
    for n_layer in hidden:
        kernel = smaller.layers[n_layer].weight
        losers = weakest_out(magnitudes(kernel, norm), number_removed(ratio, kernel.shape[0]))
        out_masks["{}.weight".format(n_layer)][losers] = False
        drop(smaller.layers, n_layer, losers)
    return smaller, out_masks
