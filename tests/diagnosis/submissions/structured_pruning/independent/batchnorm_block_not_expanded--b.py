"""Remove the channels with the smallest norms and return the smaller network with its masks."""

import copy
import math
from decimal import Decimal
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Sequential


def strengths(weight, norm):
    result = []
    for row in weight:
        values = row.ravel().tolist()
        if norm == 1:
            result.append(math.fsum(abs(v) for v in values))
        else:
            result.append(math.sqrt(math.fsum(v * v for v in values)))
    return result


def kept_indices(scores, k):
    return np.sort(np.argsort(scores, kind="stable")[k:])


def how_many(ratio, n):
    return min(math.ceil(Decimal(repr(ratio)) * n), n - 1)


def expand(incoming, width, size):
    block = size // width
    return (incoming[:, None] * block + np.arange(block)).ravel()


def rebuild_weighted(layer, rows, incoming, width):
    weight = layer.weight
    if incoming is not None:
        weight = weight[:, expand(incoming, width, weight.shape[1])]
    weight = weight[rows]
    bias = None if layer.bias is None else layer.bias[rows]
    if isinstance(layer, Conv2d):
        return Conv2d(weight, bias, stride=layer.stride, padding=layer.padding, groups=layer.groups)
    return Linear(weight, bias)


def rebuild_norm(layer, incoming):
    return type(layer)(
        layer.weight[incoming],
        layer.bias[incoming],
        layer.running_mean[incoming],
        layer.running_var[incoming],
        eps=layer.eps,
    )


def prune_structured(model, ratio, norm=1):
    if not (ratio >= 0.0 and ratio < 1.0):
        raise ValueError("ratio out of range")
    if norm not in {1, 2}:
        raise ValueError("only the L1 and L2 norms are known")
    old_layers = list(model.layers)
    spots = [i for i, layer in enumerate(old_layers) if isinstance(layer, (Linear, Conv2d))]

    # first pass: which rows stay
    plan = {}
    for spot in spots:
        weight = old_layers[spot].weight
        n = weight.shape[0]
        if spot == spots[-1]:
            plan[spot] = np.arange(n)
        else:
            plan[spot] = kept_indices(strengths(weight, norm), how_many(ratio, n))

    # second pass: new layers
    rebuilt = []
    incoming, width = None, None
    for i, layer in enumerate(old_layers):
        if i in plan:
            rebuilt.append(rebuild_weighted(layer, plan[i], incoming, width))
            incoming, width = plan[i], layer.weight.shape[0]
        elif isinstance(layer, (BatchNorm1d, BatchNorm2d)) and incoming is not None:
            rebuilt.append(rebuild_norm(layer, incoming))
        else:
            rebuilt.append(copy.deepcopy(layer))

    masks = {}
    for spot in spots:
        on = np.zeros(old_layers[spot].weight.shape[0], dtype=bool)
        on[plan[spot]] = True
        masks[f"{spot}.weight"] = on
    return Sequential(rebuilt), masks
