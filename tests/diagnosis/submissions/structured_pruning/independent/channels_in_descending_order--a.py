"""Structured pruning by filter norm: whole channels go, everything that follows them goes too."""

import copy
import math
from fractions import Fraction
import numpy as np

import judge.nn as nn


def _k_for(ratio, n):
    staying = n - math.floor(Fraction(repr(ratio)) * n)
    return n - max(staying, 1)


def magnitudes(weight, norm):
    strength = {1: lambda row: float(np.abs(row).sum()), 2: lambda row: math.sqrt(float(row @ row))}[norm]
    return [strength(row.astype(np.float64).ravel()) for row in weight]


def kept_indices(scores, k):
    return np.argsort(-np.asarray(scores))[: len(scores) - k]


def feature_index(prev, had, size):
    block = size // had
    return (prev[:, None] * block + np.arange(block)).ravel()


def rebuild_weighted(layer, rows, prev, had):
    weight = layer.weight
    if prev is not None:
        weight = weight[:, feature_index(prev, had, weight.shape[1])]
    weight = weight[rows]
    bias = None if layer.bias is None else layer.bias[rows]
    if isinstance(layer, nn.Conv2d):
        return nn.Conv2d(weight, bias, stride=layer.stride, padding=layer.padding, groups=layer.groups)
    return nn.Linear(weight, bias)


def rebuild_norm(layer, prev, had):
    where = feature_index(prev, had, layer.weight.shape[0])
    return type(layer)(
        layer.weight[where],
        layer.bias[where],
        layer.running_mean[where],
        layer.running_var[where],
        eps=layer.eps,
    )


def prune_structured(model, ratio, norm=1):
    if not (ratio >= 0.0 and ratio < 1.0):
        raise ValueError("ratio out of range")
    if norm not in {1, 2}:
        raise ValueError("only the L1 and L2 norms are known")
    source = list(model.layers)
    spots = [i for i, layer in enumerate(source) if isinstance(layer, (nn.Linear, nn.Conv2d))]

    # first pass: which rows stay
    rows_of = {}
    for spot in spots:
        weight = source[spot].weight
        n = weight.shape[0]
        if spot == spots[-1]:
            rows_of[spot] = np.arange(n)
        else:
            rows_of[spot] = kept_indices(magnitudes(weight, norm), _k_for(ratio, n))

    # second pass: new layers
    rebuilt = []
    prev, had = None, None
    for i, layer in enumerate(source):
        if i in rows_of:
            rebuilt.append(rebuild_weighted(layer, rows_of[i], prev, had))
            prev, had = rows_of[i], layer.weight.shape[0]
        elif isinstance(layer, (nn.BatchNorm1d, nn.BatchNorm2d)) and prev is not None:
            rebuilt.append(rebuild_norm(layer, prev, had))
        else:
            rebuilt.append(copy.deepcopy(layer))

    masks = {}
    for spot in spots:
        bits = np.zeros(source[spot].weight.shape[0], dtype=bool)
        bits[rows_of[spot]] = True
        masks[f"{spot}.weight"] = bits
    return nn.Sequential(rebuilt), masks
