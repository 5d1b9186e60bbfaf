"""Channel pruning for plain NumPy networks."""

import copy
import math
from decimal import Decimal
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Sequential


def features(incoming, had, size):
    block = size // had
    return (incoming[:, None] * block + np.arange(block)).ravel()


def rebuild_weighted(layer, rows, incoming, had):
    weight = layer.weight
    if incoming is not None:
        weight = weight[:, features(incoming, had, weight.shape[1])]
    weight = weight[rows]
    bias = None if layer.bias is None else layer.bias[rows]
    if isinstance(layer, Conv2d):
        return Conv2d(weight, bias, stride=layer.stride, padding=layer.padding, groups=layer.groups)
    return Linear(weight, bias)


def rebuild_norm(layer, incoming, had):
    where = features(incoming, had, layer.weight.shape[0])
    return type(layer)(
        layer.weight[where],
        layer.bias[where],
        layer.running_mean[where],
        layer.running_var[where],
        eps=layer.eps,
    )


def prune_structured(model, ratio, norm=1):
    refuse_bad(ratio, norm)
    stack = list(model.layers)
    prunable = [i for i, layer in enumerate(stack) if isinstance(layer, (Linear, Conv2d))]

    # first pass: which rows stay
    plan = {}
    for spot in prunable:
        weight = stack[spot].weight
        n = weight.shape[0]
        if spot == prunable[-1]:
            plan[spot] = np.arange(n)
        else:
            plan[spot] = survivors(importance(weight, norm), _k_for(ratio, n))

    # second pass: new layers
    fresh_layers = []
    incoming, had = None, None
    for i, layer in enumerate(stack):
        if i in plan:
            fresh_layers.append(rebuild_weighted(layer, plan[i], incoming, had))
            incoming, had = plan[i], layer.weight.shape[0]
        elif isinstance(layer, (BatchNorm1d, BatchNorm2d)) and incoming is not None:
            fresh_layers.append(rebuild_norm(layer, incoming, had))
        else:
            fresh_layers.append(copy.deepcopy(layer))

    masks = {}
    for spot in prunable:
        on = np.zeros(stack[spot].weight.shape[0], dtype=bool)
        on[plan[spot]] = True
        masks[f"{spot}.weight"] = on
    return Sequential(fresh_layers), masks


def survivors(scores, k):
    return np.sort(np.argsort(scores, kind="stable")[k:])


def refuse_bad(ratio, norm):
    if math.isnan(ratio) or math.isinf(ratio) or ratio < 0 or ratio >= 1:
        raise ValueError("bad ratio: %r" % (ratio,))
    if norm != 1 and norm != 2:
        raise ValueError("bad norm: %r" % (norm,))


def importance(weight, norm):
    power = np.abs(weight.astype(float)) ** norm
    return power.reshape(power.shape[0], -1).sum(axis=1) ** (1.0 / norm)


def _k_for(ratio, n):
    return math.ceil(Decimal(repr(ratio)) * n)
