"""Shrinks linear and convolutional layers by whole channels."""

import copy
import heapq
import math
from fractions import Fraction

import numpy as np

from judge.nn import Sequential


VECTORS = ("weight", "bias", "running_mean", "running_var")


def spread(chosen, n_before, size):
    return np.arange(size).reshape(n_before, -1)[chosen].ravel()


def descend(seq, n_layer, chosen, n_before, decide_for, mask_of):
    """Return the layers from n_layer on, cut to what is left of the n_before channels that come in."""
    if n_layer == len(seq):
        return []
    module = copy.copy(seq[n_layer])
    if hasattr(module, "running_mean"):
        if chosen is not None:
            cols = spread(chosen, n_before, len(module.weight))
            for attr in VECTORS:
                setattr(module, attr, getattr(module, attr)[cols])
    elif hasattr(module, "weight"):
        w = module.weight
        mine = decide_for(n_layer, w)
        if chosen is not None:
            w = w[:, spread(chosen, n_before, w.shape[1])]
        chosen, n_before = mine, w.shape[0]
        module.weight = w[chosen]
        module.bias = None if module.bias is None else module.bias[chosen]
        flag = np.isin(range(n_before), chosen)
        mask_of["%d.weight" % n_layer] = flag
    return [module] + descend(seq, n_layer + 1, chosen, n_before, decide_for, mask_of)


def prune_structured(model, ratio, norm=1):
    verify(ratio, norm)
    last = len(model) - 1
    while not hasattr(model[last], "weight") or hasattr(model[last], "running_mean"):
        last -= 1

    def decide_for(n_layer, w):
        k = quota(ratio, w.shape[0]) if n_layer < last else 0
        return rank_and_cut(strengths(w, norm), k)

    mask_of = {}
    new = descend(list(model.layers), 0, None, None, decide_for, mask_of)
    return Sequential(new), mask_of


def verify(ratio, norm):
    if math.isnan(ratio) or math.isinf(ratio):
        raise ValueError("ratio is not finite")
    if ratio < 0 or ratio >= 1:
        raise ValueError("ratio is outside [0, 1)")
    if norm != 1 and norm != 2:
        raise ValueError("unknown norm")


def rank_and_cut(sizes, k):
    top_ones = heapq.nlargest(len(sizes) - k, range(len(sizes)), key=lambda ci: sizes[ci])
    top_ones.sort()
    return np.asarray(top_ones)


def quota(ratio, channels_n):
    num, denom = Fraction(repr(ratio)).as_integer_ratio()
    k = num * channels_n // denom
    return min(channels_n - 1, k)


def strengths(tensor, norm):
    vals = tensor.flatten("A").tolist()
    area = len(vals) // len(tensor)
    found = []
    for stage in range(0, len(vals), area):
        filt = vals[stage : stage + area]
        found.append(sum(map(abs, filt)) if norm == 1 else sum(number_ * number_ for number_ in filt) ** 0.5)
    return found
