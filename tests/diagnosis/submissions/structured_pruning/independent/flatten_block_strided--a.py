"""Structured pruning by filter norm: whole channels go, everything that follows them goes too."""

import copy
import math
from fractions import Fraction
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Sequential


def kept_indices(scores, k):
    return np.sort(np.argsort(scores, kind="stable")[k:])


def row_norms(weight, norm):
    rows = np.asarray(weight, dtype=np.float64).reshape(len(weight), -1)
    return np.linalg.norm(rows, ord=norm, axis=1)


def validate(ratio, norm):
    if math.isnan(ratio) or math.isinf(ratio) or ratio < 0 or ratio >= 1:
        raise ValueError("bad ratio: %r" % (ratio,))
    if norm != 1 and norm != 2:
        raise ValueError("bad norm: %r" % (norm,))


def number_to_cut(ratio, n):
    staying = n - math.floor(Fraction(repr(ratio)) * n)
    return n - max(staying, 1)


def feature_index(incoming, width, size):
    block = size // width
    return (incoming[:, None] * block + np.arange(block)).ravel()


def rebuild_weighted(layer, rows, incoming, width):
    weight = layer.weight
    if incoming is not None:
        per_channel = np.arange(weight.shape[1] // width)
        weight = weight[:, (per_channel * width + incoming[:, None]).ravel()]
    weight = weight[rows]
    bias = None if layer.bias is None else layer.bias[rows]
    if isinstance(layer, Conv2d):
        return Conv2d(weight, bias, stride=layer.stride, padding=layer.padding, groups=layer.groups)
    return Linear(weight, bias)


def rebuild_norm(layer, incoming, width):
    where = feature_index(incoming, width, layer.weight.shape[0])
    return type(layer)(
        layer.weight[where],
        layer.bias[where],
        layer.running_mean[where],
        layer.running_var[where],
        eps=layer.eps,
    )


def prune_structured(model, ratio, norm=1):
    validate(ratio, norm)
    old_layers = list(model.layers)
    at = [i for i, layer in enumerate(old_layers) if isinstance(layer, (Linear, Conv2d))]

    # first pass: which rows stay
    chosen = {}
    for spot in at:
        weight = old_layers[spot].weight
        n = weight.shape[0]
        if spot == at[-1]:
            chosen[spot] = np.arange(n)
        else:
            chosen[spot] = kept_indices(row_norms(weight, norm), number_to_cut(ratio, n))

    # second pass: new layers
    out = []
    incoming, width = None, None
    for i, layer in enumerate(old_layers):
        if i in chosen:
            out.append(rebuild_weighted(layer, chosen[i], incoming, width))
            incoming, width = chosen[i], layer.weight.shape[0]
        elif isinstance(layer, (BatchNorm1d, BatchNorm2d)) and incoming is not None:
            out.append(rebuild_norm(layer, incoming, width))
        else:
            out.append(copy.deepcopy(layer))

    masks = {}
    for spot in at:
        bits = np.zeros(old_layers[spot].weight.shape[0], dtype=bool)
        bits[chosen[spot]] = True
        masks[f"{spot}.weight"] = bits
    return Sequential(out), masks
