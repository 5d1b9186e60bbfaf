"""Structured pruning by filter norm: whole channels go, everything that follows them goes too."""

import copy
import math
from fractions import Fraction
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Sequential


def fold(layer, bn):
    """Put the scale and shift of ``bn`` into the layer in front of it."""
    kind = layer.weight.dtype
    scale = bn.weight.astype(np.float64) / np.sqrt(bn.running_var.astype(np.float64) + bn.eps)
    bias = 0.0 if layer.bias is None else layer.bias
    layer.bias = ((bias - bn.running_mean) * scale + bn.bias).astype(kind)
    layer.weight = (layer.weight * scale.reshape((-1,) + (1,) * (layer.weight.ndim - 1))).astype(kind)


def guard(ratio, norm):
    if math.isnan(ratio) or math.isinf(ratio) or ratio < 0 or ratio >= 1:
        raise ValueError("bad ratio: %r" % (ratio,))
    if norm != 1 and norm != 2:
        raise ValueError("bad norm: %r" % (norm,))


def pick(scores, k):
    return np.sort(np.argsort(scores, kind="stable")[k:])


def filter_norms(weight, norm):
    axes = tuple(range(1, weight.ndim))
    precise = weight.astype("f8")
    if norm == 2:
        return np.sqrt(np.square(precise).sum(axis=axes))
    return np.absolute(precise).sum(axis=axes)


def quota(ratio, n):
    return min(int(Fraction(repr(ratio)) * n), n - 1)


def feature_index(live, had, size):
    block = size // had
    return (live[:, None] * block + np.arange(block)).ravel()


def rebuild_weighted(layer, rows, live, had):
    weight = layer.weight
    if live is not None:
        weight = weight[:, feature_index(live, had, weight.shape[1])]
    weight = weight[rows]
    bias = None if layer.bias is None else layer.bias[rows]
    if isinstance(layer, Conv2d):
        return Conv2d(weight, bias, stride=layer.stride, padding=layer.padding, groups=layer.groups)
    return Linear(weight, bias)


def rebuild_norm(layer, live, had):
    where = feature_index(live, had, layer.weight.shape[0])
    return type(layer)(
        layer.weight[where],
        layer.bias[where],
        layer.running_mean[where],
        layer.running_var[where],
        eps=layer.eps,
    )


def prune_structured(model, ratio, norm=1):
    guard(ratio, norm)
    source = list(model.layers)
    spots = [i for i, layer in enumerate(source) if isinstance(layer, (Linear, Conv2d))]

    # first pass: which rows stay
    chosen = {}
    for spot in spots:
        weight = source[spot].weight
        n = weight.shape[0]
        if spot == spots[-1]:
            chosen[spot] = np.arange(n)
        else:
            chosen[spot] = pick(filter_norms(weight, norm), quota(ratio, n))

    # second pass: new layers
    out = []
    live, had = None, None
    for i, layer in enumerate(source):
        if i in chosen:
            out.append(rebuild_weighted(layer, chosen[i], live, had))
            live, had = chosen[i], layer.weight.shape[0]
        elif isinstance(layer, (BatchNorm1d, BatchNorm2d)) and live is not None:
            bn = rebuild_norm(layer, live, had)
            if isinstance(out[-1], (Linear, Conv2d)):
                fold(out[-1], bn)
            else:
                out.append(bn)
        else:
            out.append(copy.deepcopy(layer))

    masks = {}
    for spot in spots:
        bits = np.zeros(source[spot].weight.shape[0], dtype=bool)
        bits[chosen[spot]] = True
        masks[f"{spot}.weight"] = bits
    return Sequential(out), masks
