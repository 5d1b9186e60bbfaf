"""Remove the channels with the smallest norms and return the smaller network with its masks."""

import copy
import math
from fractions import Fraction
import numpy as np

from judge import nn


def feature_index(prev, width, size):
    block = 1 if width is None else size // width
    return (prev[:, None] * block + np.arange(block)).ravel()


def rebuild_weighted(layer, rows, prev, width):
    weight = layer.weight
    if prev is not None:
        weight = weight[:, feature_index(prev, width, weight.shape[1])]
    weight = weight[rows]
    bias = None if layer.bias is None else layer.bias[rows]
    if isinstance(layer, nn.Conv2d):
        return nn.Conv2d(weight, bias, stride=layer.stride, padding=layer.padding, groups=layer.groups)
    return nn.Linear(weight, bias)


def rebuild_norm(layer, prev, width):
    where = feature_index(prev, width, layer.weight.shape[0])
    return type(layer)(
        layer.weight[where],
        layer.bias[where],
        layer.running_mean[where],
        layer.running_var[where],
        eps=layer.eps,
    )


def prune_structured(model, ratio, norm=1):
    check_arguments(ratio, norm)
    stack = list(model.layers)
    spots = [i for i, layer in enumerate(stack) if isinstance(layer, (nn.Linear, nn.Conv2d))]

    # first pass: which rows stay
    plan = {}
    for spot in spots:
        weight = stack[spot].weight
        n = weight.shape[0]
        if spot == spots[-1]:
            plan[spot] = np.arange(n)
        else:
            plan[spot] = select_channels(filter_norms(weight, norm), number_to_cut(ratio, n))

    # second pass: new layers; blocks only behind the nn.Flatten
    flatten = next(i for i, layer in enumerate(stack) if isinstance(layer, nn.Flatten))
    fresh_layers = []
    prev, width = None, None
    for i, layer in enumerate(stack):
        if i in plan:
            fresh_layers.append(rebuild_weighted(layer, plan[i], prev, width if i > flatten else None))
            prev, width = plan[i], layer.weight.shape[0]
        elif isinstance(layer, (nn.BatchNorm1d, nn.BatchNorm2d)) and prev is not None:
            fresh_layers.append(rebuild_norm(layer, prev, width if i > flatten else None))
        else:
            fresh_layers.append(copy.deepcopy(layer))

    masks = {}
    for spot in spots:
        flags = np.zeros(stack[spot].weight.shape[0], dtype=bool)
        flags[plan[spot]] = True
        masks[f"{spot}.weight"] = flags
    return nn.Sequential(fresh_layers), masks


def filter_norms(weight, norm):
    result = []
    for row in weight:
        values = row.ravel().tolist()
        if norm == 1:
            result.append(math.fsum(abs(v) for v in values))
        else:
            result.append(math.sqrt(math.fsum(v * v for v in values)))
    return result


def check_arguments(ratio, norm):
    if math.isnan(ratio) or math.isinf(ratio) or ratio < 0 or ratio >= 1:
        raise ValueError("bad ratio: %r" % (ratio,))
    if norm != 1 and norm != 2:
        raise ValueError("bad norm: %r" % (norm,))


def select_channels(scores, k):
    ranks = np.argsort(np.argsort(scores))
    return np.flatnonzero(ranks >= k)


def number_to_cut(ratio, n):
    return min(int(Fraction(repr(ratio)) * n), n - 1)
