"""Drop output channels by magnitude and rewire what reads them."""

import copy
import heapq
import math
from fractions import Fraction
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Sequential


def pick(scores, k):
    strongest = heapq.nlargest(len(scores) - k, range(len(scores)), key=scores.__getitem__)
    return np.array(sorted(strongest))


def refuse_bad(ratio, norm):
    problems = []
    if not math.isfinite(ratio) or not 0 <= ratio < 1:
        problems.append("ratio")
    if norm not in [1, 2]:
        problems.append("norm")
    if problems:
        raise ValueError("invalid: " + ", ".join(problems))


def how_many(ratio, n):
    staying = n - math.floor(Fraction(repr(ratio)) * n)
    return n - max(staying, 1)


def filter_norms(weight, norm):
    axes = tuple(range(1, weight.ndim))
    precise = weight.astype("f8")
    if norm == 2:
        return np.sqrt(np.square(precise).sum(axis=axes))
    return np.absolute(precise).sum(axis=axes)


def feature_index(prev, width, size):
    block = size // width
    return (prev[:, None] * block + np.arange(block)).ravel()


def rebuild_weighted(layer, rows, prev, width):
    weight = layer.weight
    if prev is not None:
        weight = weight[:, feature_index(prev, width, weight.shape[1])]
    weight = weight[rows]
    bias = layer.bias[rows]
    if isinstance(layer, Conv2d):
        return Conv2d(weight, bias, stride=layer.stride, padding=layer.padding, groups=layer.groups)
    return Linear(weight, bias)


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
            plan[spot] = pick(filter_norms(weight, norm), how_many(ratio, n))

    # second pass: new layers
    fresh_layers = []
    prev, width = None, None
    for i, layer in enumerate(stack):
        if i in plan:
            fresh_layers.append(rebuild_weighted(layer, plan[i], prev, width))
            prev, width = plan[i], layer.weight.shape[0]
        elif isinstance(layer, (BatchNorm1d, BatchNorm2d)) and prev is not None:
            fresh_layers.append(rebuild_norm(layer, prev, width))
        else:
            fresh_layers.append(copy.deepcopy(layer))

    masks = {}
    for spot in prunable:
        flags = np.zeros(stack[spot].weight.shape[0], dtype=bool)
        flags[plan[spot]] = True
        masks[f"{spot}.weight"] = flags
    return Sequential(fresh_layers), masks
