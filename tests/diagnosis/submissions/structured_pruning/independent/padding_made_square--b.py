"""Filter pruning by magnitude, layer by layer."""

import functools
from decimal import Decimal

import numpy as np

from judge.nn import AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, Linear, MaxPool2d, Sequential


def rank_and_cut(sizes, k):
    stays_on = np.ones(len(sizes), dtype=bool)
    stays_on[np.argsort(sizes, kind="stable")[:k]] = False
    return stays_on


def count_of(ratio, channels_n):
    """How many of channels_n channels go, by the decimal digits of the ratio."""
    x = Decimal(repr(ratio)) * channels_n
    k = int(x)
    return k if k < channels_n else channels_n - 1


def saliency(tensor, norm):
    vectors = tensor.astype(np.float64).reshape(tensor.shape[0], -1)
    if norm == 1:
        return np.abs(vectors).sum(axis=1)
    return np.sqrt((vectors * vectors).sum(axis=1))


def features_of(marks, extent):
    if marks is None:
        return np.ones(extent, dtype=bool)
    return np.repeat(marks, extent // len(marks))


@functools.singledispatch
def narrow(layer, inp, retained):
    """Layers that hold nothing."""
    return type(layer)()


@narrow.register(Linear)
def _linear(layer, inp, retained):
    mesh = np.ix_(retained, features_of(inp, layer.in_features))
    return Linear(layer.weight[mesh], None if layer.bias is None else layer.bias[retained])


@narrow.register(Conv2d)
def of_conv(layer, inp, retained):
    mesh = np.ix_(np.flatnonzero(retained), np.flatnonzero(features_of(inp, layer.weight.shape[1])))
    offset = None if layer.bias is None else layer.bias[retained]
    _, pr = layer.padding
    return Conv2d(layer.weight[mesh], offset, layer.stride, (pr, pr), layer.groups)


@narrow.register(BatchNorm1d)
@narrow.register(BatchNorm2d)
def bn_case(layer, inp, retained):
    inner = features_of(inp, layer.num_features)
    return type(layer)(
        weight=layer.weight[inner],
        bias=layer.bias[inner],
        running_mean=layer.running_mean[inner],
        running_var=layer.running_var[inner],
        eps=layer.eps,
    )


@narrow.register(MaxPool2d)
@narrow.register(AvgPool2d)
def shrink_pool(layer, inp, retained):
    return type(layer)(kernel_size=layer.kernel_size, stride=layer.stride)


def prune_structured(model, ratio, norm=1):
    if ratio != ratio or ratio < 0.0 or ratio >= 1.0:
        raise ValueError("bad ratio: %r" % ratio)
    if norm not in {1, 2}:
        raise ValueError("bad norm: %r" % norm)
    weights = [
        (n_layer, layer.weight) for n_layer, layer in enumerate(model) if isinstance(layer, Linear | Conv2d)
    ]
    table = {}
    for n_layer, kernel in weights:
        k = count_of(ratio, len(kernel)) if n_layer < weights[-1][0] else 0
        table[n_layer] = rank_and_cut(saliency(kernel, norm), k)

    def layers_out():
        inp = None
        for n_layer, layer in enumerate(model):
            retained = table.get(n_layer)
            yield narrow(layer, inp, retained)
            inp = inp if retained is None else retained

    flags_by_name = {"{}.weight".format(n_layer): retained for n_layer, retained in table.items()}
    return Sequential(layers_out()), flags_by_name
