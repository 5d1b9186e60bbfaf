"""Structured pruning: a smaller dense network and one mask per prunable layer."""

import copy
import math
from fractions import Fraction

import numpy as np


def unfold(left, n_features, before):
    span = n_features // before
    return [c * span + follower for c in left for follower in range(span)]


def prune_structured(model, ratio, norm=1):
    if ratio != ratio or ratio < 0.0 or ratio >= 1.0:
        raise ValueError("bad ratio: %r" % ratio)
    if norm not in {1, 2}:
        raise ValueError("bad norm: %r" % norm)
    result = copy.deepcopy(model)
    everything = result.layers
    idx_list = list(filter(lambda i: type(everything[i]).__name__ in ("Linear", "Conv2d"), range(len(everything))))

    picked, masks = [], {}
    for i in idx_list:
        out = everything[i].weight.shape[0]
        cut_n = 0 if i == idx_list[-1] else number_removed(ratio, out)
        left = choose_channels(measure(everything[i].weight, norm), cut_n)
        picked.append(left)
        lookup = set(left)
        masks["%d.weight" % i] = np.array([float(c in lookup) for c in range(out)])

    for s in range(len(idx_list) - 1):
        lay, left = everything[idx_list[s]], picked[s]
        out = lay.weight.shape[0]
        lay.weight = lay.weight[left]
        if lay.bias is not None:
            lay.bias = lay.bias[left]
        for follower in range(idx_list[s] + 1, idx_list[s + 1]):
            mid = everything[follower]
            if type(mid).__name__[:9] == "BatchNorm":
                cols = unfold(left, mid.weight.shape[0], out)
                mid.weight = mid.weight[cols]
                mid.bias = mid.bias[cols]
                mid.running_mean = mid.running_mean[cols]
                mid.running_var = mid.running_var[cols]
        reader = everything[idx_list[s + 1]]
        reader.weight = reader.weight[:, unfold(left, reader.weight.shape[1], out)]
    return result, masks


def choose_channels(strength, cut_n):
    cutoff = sorted(strength)[cut_n]
    return [cc for cc, v in enumerate(strength) if v >= cutoff]


def measure(filters, norm):
    other_axes = tuple(range(1, filters.ndim))
    raised = np.abs(filters.astype("float64")) ** norm
    return raised.sum(axis=other_axes) ** (1 / norm)


def number_removed(ratio, channels_n):
    exact = math.ceil(Fraction(repr(ratio)) * channels_n)
    return min(exact, channels_n - 1)
