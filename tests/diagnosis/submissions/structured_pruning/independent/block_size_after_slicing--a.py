"""Cut weak filters out of a network, layer by layer."""

import copy
import math
from decimal import Decimal
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Sequential


def select_channels(scores, k):
    ranks = np.argsort(np.argsort(scores))
    return np.flatnonzero(ranks >= k)


def drop_count(ratio, n):
    wanted = math.floor(Decimal(repr(ratio)) * Decimal(n))
    if wanted >= n:
        wanted = n - 1
    return wanted


def _measure(weight, norm):
    axes = tuple(range(1, weight.ndim))
    precise = weight.astype("f8")
    if norm == 2:
        return np.sqrt(np.square(precise).sum(axis=axes))
    return np.absolute(precise).sum(axis=axes)


def check_arguments(ratio, norm):
    problems = []
    if not math.isfinite(ratio) or not 0 <= ratio < 1:
        problems.append("ratio")
    if norm not in [1, 2]:
        problems.append("norm")
    if problems:
        raise ValueError("invalid: " + ", ".join(problems))


def features(live, prev_total, size):
    block = max(1, size // prev_total)
    return (live[:, None] * block + np.arange(block)).ravel()


def rebuild_weighted(layer, rows, live, prev_total):
    weight = layer.weight
    if live is not None:
        weight = weight[:, features(live, prev_total, weight.shape[1])]
    weight = weight[rows]
    bias = None if layer.bias is None else layer.bias[rows]
    if isinstance(layer, Conv2d):
        return Conv2d(weight, bias, stride=layer.stride, padding=layer.padding, groups=layer.groups)
    return Linear(weight, bias)


def rebuild_norm(layer, live, prev_total):
    smaller = copy.deepcopy(layer)
    for name in ("weight", "bias", "running_mean", "running_var"):
        where = features(live, prev_total, smaller.num_features)
        setattr(smaller, name, getattr(smaller, name)[where])
    return smaller


def prune_structured(model, ratio, norm=1):
    check_arguments(ratio, norm)
    old_layers = list(model.layers)
    prunable = [i for i, layer in enumerate(old_layers) if isinstance(layer, (Linear, Conv2d))]

    # first pass: which rows stay
    chosen = {}
    for spot in prunable:
        weight = old_layers[spot].weight
        n = weight.shape[0]
        if spot == prunable[-1]:
            chosen[spot] = np.arange(n)
        else:
            chosen[spot] = select_channels(_measure(weight, norm), drop_count(ratio, n))

    # second pass: new layers
    rebuilt = []
    live, prev_total = None, None
    for i, layer in enumerate(old_layers):
        if i in chosen:
            rebuilt.append(rebuild_weighted(layer, chosen[i], live, prev_total))
            live, prev_total = chosen[i], layer.weight.shape[0]
        elif isinstance(layer, (BatchNorm1d, BatchNorm2d)) and live is not None:
            rebuilt.append(rebuild_norm(layer, live, prev_total))
        else:
            rebuilt.append(copy.deepcopy(layer))

    masks = {}
    for spot in prunable:
        on = np.zeros(old_layers[spot].weight.shape[0], dtype=bool)
        on[chosen[spot]] = True
        masks[f"{spot}.weight"] = on
    return Sequential(rebuilt), masks
