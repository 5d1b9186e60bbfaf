"""Removes whole output channels from a network by the norm of their weights."""

import functools
import math
from decimal import Decimal

import numpy as np

from judge.nn import AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, Linear, MaxPool2d, Sequential


def ensure(ratio, norm):
    if math.isnan(ratio) or math.isinf(ratio):
        raise ValueError("ratio is not finite")
    if ratio < 0 or ratio >= 1:
        raise ValueError("ratio is outside [0, 1)")
    if norm != 1 and norm != 2:
        raise ValueError("unknown norm")


def choose_channels(sizes, drop_n):
    return np.isin(np.arange(len(sizes)), np.argsort(sizes)[drop_n:])


def count_of(ratio, channels_n):
    """How many of channels_n channels go, by the decimal digits of the ratio."""
    exact = Decimal(repr(ratio)) * channels_n
    drop_n = int(exact)
    return drop_n if drop_n < channels_n else channels_n - 1


def saliency(a, norm):
    abs_vals = np.abs(np.ascontiguousarray(a, dtype=np.float64)).ravel()
    starts = np.arange(0, abs_vals.size, abs_vals.size // len(a))
    return np.add.reduceat(abs_vals if norm == 1 else np.square(abs_vals), starts)


def blocks(marks, n_features):
    if marks is None:
        return np.ones(n_features, dtype=bool)
    return np.kron(marks, np.ones(n_features // marks.size, dtype=bool)).astype(bool)


@functools.singledispatch
def shrink(layer, upstream, keep):
    """Layers that hold nothing."""
    return type(layer)()


@shrink.register(Linear)
def of_linear(layer, upstream, keep):
    grid = np.ix_(keep, blocks(upstream, layer.in_features))
    return Linear(layer.weight[grid], None if layer.bias is None else layer.bias[keep])


@shrink.register(Conv2d)
def conv_case(layer, upstream, keep):
    grid = np.ix_(np.flatnonzero(keep), np.flatnonzero(blocks(upstream, layer.weight.shape[1])))
    offset = None if layer.bias is None else layer.bias[keep]
    return Conv2d(layer.weight[grid], offset, layer.stride, layer.padding, layer.groups)


@shrink.register(BatchNorm1d)
@shrink.register(BatchNorm2d)
def of_batchnorm(layer, upstream, keep):
    inner = blocks(upstream, layer.num_features)
    return type(layer)(
        layer.weight[inner], layer.bias[inner], layer.running_mean[inner], layer.running_var[inner], layer.eps
    )


@shrink.register(MaxPool2d)
@shrink.register(AvgPool2d)
def of_pool(layer, upstream, keep):
    return type(layer)(kernel_size=layer.kernel_size, stride=layer.stride)


def prune_structured(model, ratio, norm=1):
    ensure(ratio, norm)
    tensors = [
        (pos, layer.weight) for pos, layer in enumerate(model) if type(layer).__name__ in {"Linear", "Conv2d"}
    ]
    stays = {pos: choose_channels(saliency(kernel, norm), count_of(ratio, len(kernel))) for pos, kernel in tensors}

    def layers_out():
        upstream = None
        for pos, layer in enumerate(model):
            keep = stays.get(pos)
            yield shrink(layer, upstream, keep)
            upstream = upstream if keep is None else keep

    mask_of = {"%d.weight" % pos: keep for pos, keep in stays.items()}
    return Sequential(layers_out()), mask_of
