"""Structured pruning: a smaller dense network and one mask per prunable layer."""

import functools
import math
from fractions import Fraction

import numpy as np

from judge.nn import AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, Linear, MaxPool2d, Sequential


def per_feature(vec, extent):
    if vec is None:
        return np.ones(extent, dtype=bool)
    return np.kron(vec, np.ones(extent // vec.size, dtype=bool)).astype(bool)


@functools.singledispatch
def reduce_layer(module, inp, good):
    """Layers that hold nothing."""
    return type(module)()


@reduce_layer.register(Linear)
def dense_case(module, inp, good):
    window = np.ix_(good, per_feature(inp, module.in_features))
    return Linear(module.weight[window], None if module.bias is None else module.bias[good])


@reduce_layer.register(Conv2d)
def _conv(module, inp, good):
    window = np.ix_(np.flatnonzero(good), np.flatnonzero(per_feature(inp, module.weight.shape[1])))
    offset = None if module.bias is None else module.bias[good]
    return Conv2d(module.weight[window], offset, stride=module.stride, groups=module.groups)


@reduce_layer.register(BatchNorm1d)
@reduce_layer.register(BatchNorm2d)
def of_batchnorm(module, inp, good):
    inner = per_feature(inp, module.num_features)
    return type(module)(
        module.weight[inner], module.bias[inner], module.running_mean[inner], module.running_var[inner], module.eps
    )


@reduce_layer.register(MaxPool2d)
@reduce_layer.register(AvgPool2d)
def pool_case(module, inp, good):
    return type(module)(kernel_size=module.kernel_size, stride=module.stride)


def prune_structured(model, ratio, norm=1):
    check(ratio, norm)
    tensors = [
        (place, module.weight) for place, module in enumerate(model) if isinstance(module, (Linear, Conv2d))
    ]
    keep_at = {}
    for place, arr in tensors:
        k = how_many(ratio, len(arr)) if place < tensors[-1][0] else 0
        keep_at[place] = select(channel_norms(arr, norm), k)

    def layers_out():
        inp = None
        for place, module in enumerate(model):
            good = keep_at.get(place)
            yield reduce_layer(module, inp, good)
            inp = inp if good is None else good

    kept_masks = {"{}.weight".format(place): good for place, good in keep_at.items()}
    return Sequential(layers_out()), kept_masks


def check(ratio, norm):
    if math.isnan(ratio) or math.isinf(ratio):
        raise ValueError("ratio is not finite")
    if ratio < 0 or ratio >= 1:
        raise ValueError("ratio is outside [0, 1)")
    if norm != 1 and norm != 2:
        raise ValueError("unknown norm")


def select(s_, k):
    on = np.ones(len(s_), dtype=bool)
    on[np.argsort(s_, kind="stable")[:k]] = False
    return on


def how_many(ratio, n):
    return min(int(Fraction(repr(ratio)) * n), n - 1)


def channel_norms(a, norm):
    """Norm of each filter; for L2 the root is left out, it does not change the order."""
    vectors = np.array(a, dtype=np.float64).reshape(a.shape[0], -1)
    if norm == 2:
        return np.einsum("ij,ij->i", vectors, vectors)
    return np.einsum("ij->i", np.fabs(vectors))
