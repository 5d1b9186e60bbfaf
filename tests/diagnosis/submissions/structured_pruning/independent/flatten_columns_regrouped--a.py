"""Prune whole filters, keep the rest as it is."""

import copy
import heapq
from fractions import Fraction
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Sequential


def strengths(weight, norm):
    power = np.abs(weight.astype(float)) ** norm
    return power.reshape(power.shape[0], -1).sum(axis=1) ** (1.0 / norm)


def victims(ratio, n):
    return min(int(Fraction(repr(ratio)) * n), n - 1)


def kept_indices(scores, k):
    strongest = heapq.nlargest(len(scores) - k, range(len(scores)), key=scores.__getitem__)
    return np.array(sorted(strongest))


def features(prev, had, size):
    block = size // had
    return (prev[:, None] * block + np.arange(block)).ravel()


def rebuild_weighted(layer, rows, prev, had):
    weight = layer.weight
    if prev is not None:
        area = weight.shape[1] // had
        columns = [c * area + j for j in range(area) for c in prev.tolist()]
        weight = weight[:, columns]
    weight = weight[rows]
    bias = None if layer.bias is None else layer.bias[rows]
    if isinstance(layer, Conv2d):
        return Conv2d(weight, bias, stride=layer.stride, padding=layer.padding, groups=layer.groups)
    return Linear(weight, bias)


def rebuild_norm(layer, prev, had):
    where = features(prev, had, layer.weight.shape[0])
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
    stack = list(model.layers)
    at = [i for i, layer in enumerate(stack) if isinstance(layer, (Linear, Conv2d))]

    # first pass: which rows stay
    plan = {}
    for spot in at:
        weight = stack[spot].weight
        n = weight.shape[0]
        if spot == at[-1]:
            plan[spot] = np.arange(n)
        else:
            plan[spot] = kept_indices(strengths(weight, norm), victims(ratio, n))

    # second pass: new layers
    fresh_layers = []
    prev, had = None, None
    for i, layer in enumerate(stack):
        if i in plan:
            fresh_layers.append(rebuild_weighted(layer, plan[i], prev, had))
            prev, had = plan[i], layer.weight.shape[0]
        elif isinstance(layer, (BatchNorm1d, BatchNorm2d)) and prev is not None:
            fresh_layers.append(rebuild_norm(layer, prev, had))
        else:
            fresh_layers.append(copy.deepcopy(layer))

    masks = {}
    for spot in at:
        flags = np.zeros(stack[spot].weight.shape[0], dtype=bool)
        flags[plan[spot]] = True
        masks[f"{spot}.weight"] = flags
    return Sequential(fresh_layers), masks
