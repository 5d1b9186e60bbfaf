"""Makes a narrower network by dropping low-norm neurons and filters."""

import math
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def check(ratio, norm):
    if math.isnan(ratio) or math.isinf(ratio):
        raise ValueError("ratio is not finite")
    if ratio < 0 or ratio >= 1:
        raise ValueError("ratio is outside [0, 1)")
    if norm != 1 and norm != 2:
        raise ValueError("unknown norm")


number_removed = lambda ratio, how_wide: min(math.floor(Decimal(repr(ratio)) * how_wide), how_wide - 1)


def rank_and_cut(norms, cut_n):
    stays_on = np.full(len(norms), True)
    if cut_n:
        stays_on[np.argpartition(norms, cut_n - 1)[:cut_n]] = False
    return stays_on


def channel_norms(wts, norm):
    norms_list = []
    for line_of in wts:
        flat = [abs(z) for z in line_of.ravel().tolist()]
        if norm == 1:
            norms_list.append(math.fsum(flat))
        else:
            norms_list.append(math.sqrt(math.fsum(z * z for z in flat)))
    return norms_list


def features_of(previous, length):
    """One flag per channel, repeated for every feature of the channel."""
    return np.repeat(previous, length // previous.size)


def prune_structured(model, ratio, norm=1):
    check(ratio, norm)
    clone = model.copy()
    prunable = []
    for i, layer in enumerate(clone):
        if isinstance(layer, Linear) or isinstance(layer, Conv2d):
            prunable.append(i)
    mask_of = {}
    previous = None
    for i, layer in enumerate(clone.layers):
        if i in prunable:
            kernel = layer.weight
            keep = np.ones(len(kernel), dtype=bool)
            if i < max(prunable):
                cut_n = number_removed(ratio, len(kernel))
                keep = rank_and_cut(channel_norms(kernel, norm), cut_n)
            mask_of["%d.weight" % i] = keep
            if previous is not None:
                kernel[:, ~features_of(previous, kernel.shape[1])] = 0
            kernel[~keep] = 0
            if layer.bias is not None:
                layer.bias[~keep] = 0
            previous = keep
        elif hasattr(layer, "running_mean") and previous is not None:
            take_these = features_of(previous, layer.weight.size)
            for name in ("weight", "bias", "running_mean", "running_var"):
                getattr(layer, name)[~take_these] = 0
    return clone, mask_of
