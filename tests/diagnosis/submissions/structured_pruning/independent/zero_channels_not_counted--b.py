"""Structured pruning: a smaller dense network and one mask per prunable layer."""

import copy
import math
from decimal import Decimal

import numpy as np


def measure(filters, norm):
    flat = np.abs(np.ascontiguousarray(filters, dtype=np.float64)).ravel()
    edges = np.arange(0, flat.size, flat.size // len(filters))
    return np.add.reduceat(flat if norm == 1 else np.square(flat), edges)


def decide(sizes, removed_n):
    ranking = list(range(len(sizes)))
    ranking.sort(key=lambda u: -sizes[u])
    top_ones = ranking[: len(ranking) - removed_n]
    top_ones.sort()
    return top_ones


to_remove = lambda ratio, channels_n: min(math.floor(Decimal(repr(ratio)) * channels_n), channels_n - 1)


def widen(left, length, n_before):
    span = length // n_before
    return [ch * span + t for ch in left for t in range(span)]


def prune_structured(model, ratio, norm=1):
    if ratio != ratio or ratio < 0.0 or ratio >= 1.0:
        raise ValueError("bad ratio: %r" % ratio)
    if norm not in {1, 2}:
        raise ValueError("bad norm: %r" % norm)
    slim = copy.deepcopy(model)
    everything = slim.layers
    where = list(filter(lambda index: type(everything[index]).__name__ in ("Linear", "Conv2d"), range(len(everything))))

    all_kept, out_masks = [], {}
    for index in where:
        n_out = everything[index].weight.shape[0]
        removed_n = 0
        sizes = measure(everything[index].weight, norm)
        if index != where[-1]:
            rest_scores = sum(1 for e in sizes if e == 0)
            removed_n = rest_scores + (to_remove(ratio, n_out - rest_scores) if rest_scores < n_out else -1)
        left = decide(sizes, removed_n)
        all_kept.append(left)
        kept_set = set(left)
        out_masks["%d.weight" % index] = np.array([float(ch in kept_set) for ch in range(n_out)])

    for stage, left in enumerate(all_kept[:-1]):
        lay = everything[where[stage]]
        n_out = lay.weight.shape[0]
        lay.weight = lay.weight[left]
        if lay.bias is not None:
            lay.bias = lay.bias[left]
        for t in range(where[stage] + 1, where[stage + 1]):
            between = everything[t]
            if type(between).__name__ in ("BatchNorm1d", "BatchNorm2d"):
                features = widen(left, between.weight.shape[0], n_out)
                between.weight = between.weight[features]
                between.bias = between.bias[features]
                between.running_mean = between.running_mean[features]
                between.running_var = between.running_var[features]
        reader = everything[where[stage + 1]]
        reader.weight = reader.weight[:, widen(left, reader.weight.shape[1], n_out)]
    return slim, out_masks
