"""Cut weak filters out of a network, layer by layer."""

import copy
import math
from fractions import Fraction
import numpy as np

from judge import nn


def validate(ratio, norm):
    if math.isnan(ratio) or math.isinf(ratio) or ratio < 0 or ratio >= 1:
        raise ValueError("bad ratio: %r" % (ratio,))
    if norm != 1 and norm != 2:
        raise ValueError("bad norm: %r" % (norm,))


def survivors(scores, k):
    order = sorted(range(len(scores)), key=lambda c: scores[c])
    return np.array(sorted(order[k:]))


def drop_count(ratio, n):
    staying = n - math.floor(Fraction(repr(ratio)) * n)
    return n - max(staying, 1)


def filter_norms(weight, bias, norm):
    answer = []
    for c, row in enumerate(weight):
        terms = row.ravel().tolist() + ([] if bias is None else [float(bias[c])])
        answer.append(math.fsum(abs(t) for t in terms) if norm == 1 else math.sqrt(math.fsum(t * t for t in terms)))
    return answer


def expand(prev, had, size):
    block = size // had
    return (prev[:, None] * block + np.arange(block)).ravel()


def rebuild_weighted(layer, rows, prev, had):
    weight = layer.weight
    if prev is not None:
        weight = weight[:, expand(prev, had, weight.shape[1])]
    weight = weight[rows]
    bias = None if layer.bias is None else layer.bias[rows]
    if isinstance(layer, nn.Conv2d):
        return nn.Conv2d(weight, bias, stride=layer.stride, padding=layer.padding, groups=layer.groups)
    return nn.Linear(weight, bias)


def rebuild_norm(layer, prev, had):
    where = expand(prev, had, layer.weight.shape[0])
    return type(layer)(
        layer.weight[where],
        layer.bias[where],
        layer.running_mean[where],
        layer.running_var[where],
        eps=layer.eps,
    )


def prune_structured(model, ratio, norm=1):
    validate(ratio, norm)
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
            plan[spot] = survivors(filter_norms(weight, stack[spot].bias, norm), drop_count(ratio, n))

    # second pass: new layers
    fresh_layers = []
    prev, had = None, None
    for i, layer in enumerate(stack):
        if i in plan:
            fresh_layers.append(rebuild_weighted(layer, plan[i], prev, had))
            prev, had = plan[i], layer.weight.shape[0]
        elif isinstance(layer, (nn.BatchNorm1d, nn.BatchNorm2d)) and prev is not None:
            fresh_layers.append(rebuild_norm(layer, prev, had))
        else:
            fresh_layers.append(copy.deepcopy(layer))

    masks = {}
    for spot in spots:
        bits = np.zeros(stack[spot].weight.shape[0], dtype=bool)
        bits[plan[spot]] = True
        masks[f"{spot}.weight"] = bits
    return nn.Sequential(fresh_layers), masks
