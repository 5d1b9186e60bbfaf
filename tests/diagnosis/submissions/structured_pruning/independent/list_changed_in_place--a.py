"""Structured pruning by filter norm: whole channels go, everything that follows them goes too."""

import math
from decimal import Decimal
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Sequential


def _measure(weight, norm):
    axes = tuple(range(1, weight.ndim))
    precise = weight.astype("f8")
    if norm == 2:
        return np.sqrt(np.square(precise).sum(axis=axes))
    return np.absolute(precise).sum(axis=axes)


def pick(scores, k):
    ranking = np.lexsort((np.arange(len(scores)), np.asarray(scores)))
    return np.setdiff1d(np.arange(len(scores)), ranking[:k])


def victims(ratio, n):
    wanted = math.floor(Decimal(repr(ratio)) * Decimal(n))
    if wanted >= n:
        wanted = n - 1
    return wanted


def feature_index(prev, prev_total, size):
    block = size // prev_total
    return (prev[:, None] * block + np.arange(block)).ravel()


def rebuild_weighted(layer, rows, prev, prev_total):
    weight = layer.weight
    if prev is not None:
        weight = weight[:, feature_index(prev, prev_total, weight.shape[1])]
    weight = weight[rows]
    bias = None if layer.bias is None else layer.bias[rows]
    if isinstance(layer, Conv2d):
        return Conv2d(weight, bias, stride=layer.stride, padding=layer.padding, groups=layer.groups)
    return Linear(weight, bias)


def rebuild_norm(layer, prev, prev_total):
    where = feature_index(prev, prev_total, layer.weight.shape[0])
    return type(layer)(
        layer.weight[where],
        layer.bias[where],
        layer.running_mean[where],
        layer.running_var[where],
        eps=layer.eps,
    )


def prune_structured(model, ratio, norm=1):
    if norm not in (1, 2) or not (0.0 <= ratio < 1.0):
        raise ValueError(f"cannot prune with ratio={ratio!r}, norm={norm!r}")
    old_layers = model.layers
    prunable = [i for i, layer in enumerate(old_layers) if isinstance(layer, (Linear, Conv2d))]

    # first pass: which rows stay
    chosen = {}
    for spot in prunable:
        weight = old_layers[spot].weight
        n = weight.shape[0]
        if spot == prunable[-1]:
            chosen[spot] = np.arange(n)
        else:
            chosen[spot] = pick(_measure(weight, norm), victims(ratio, n))

    masks = {}
    for spot in prunable:
        on = np.zeros(old_layers[spot].weight.shape[0], dtype=bool)
        on[chosen[spot]] = True
        masks[f"{spot}.weight"] = on

    # second pass: new layers
    prev, prev_total = None, None
    for i, layer in enumerate(old_layers):
        if i in chosen:
            old_layers[i] = rebuild_weighted(layer, chosen[i], prev, prev_total)
            prev, prev_total = chosen[i], layer.weight.shape[0]
        elif isinstance(layer, (BatchNorm1d, BatchNorm2d)) and prev is not None:
            old_layers[i] = rebuild_norm(layer, prev, prev_total)

    return Sequential(old_layers), masks
