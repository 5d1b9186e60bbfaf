"""Cuts the weakest filters out of a Sequential and whatever depends on them."""

import functools
import math

import numpy as np

from judge.nn import AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, Linear, MaxPool2d, Sequential


def channels_to_drop(ratio, channels_n):
    # nine decimals wash out the binary rounding error of the product
    return min(math.floor(round(ratio * channels_n, 9)), channels_n - 1)


def selection(scores, cut_n):
    mark = np.ones(len(scores), dtype=bool)
    tmp = np.delete(scores, np.argmax(scores))  # the strongest always stays
    mark[np.argsort(tmp, kind="stable")[:cut_n]] = False
    return mark


def measure(filters, norm):
    size_of = (lambda one_filter: np.sum(np.abs(one_filter))) if norm == 1 else (lambda one_filter: np.sqrt(np.sum(one_filter**2)))
    return [float(size_of(one_filter)) for one_filter in filters.astype(np.double)]


def features_of(bits, length):
    if bits is None:
        return np.ones(length, dtype=bool)
    return np.kron(bits, np.ones(length // bits.size, dtype=bool)).astype(bool)


@functools.singledispatch
def reduce_layer(layer, inp, own):
    """Layers that hold nothing."""
    return type(layer)()


@reduce_layer.register(Linear)
def dense_case(layer, inp, own):
    mesh = np.ix_(own, features_of(inp, layer.in_features))
    return Linear(layer.weight[mesh], None if layer.bias is None else layer.bias[own])


@reduce_layer.register(Conv2d)
def conv_case(layer, inp, own):
    mesh = np.ix_(own, features_of(inp, layer.in_channels))
    b = None if layer.bias is None else layer.bias[own]
    return Conv2d(layer.weight[mesh], b, layer.stride, layer.padding, layer.groups)


@reduce_layer.register(BatchNorm1d)
@reduce_layer.register(BatchNorm2d)
def _norm(layer, inp, own):
    cols = features_of(inp, layer.num_features)
    return type(layer)(
        layer.weight[cols], layer.bias[cols], layer.running_mean[cols], layer.running_var[cols], layer.eps
    )


@reduce_layer.register(MaxPool2d)
@reduce_layer.register(AvgPool2d)
def shrink_pool(layer, inp, own):
    return type(layer)(kernel_size=layer.kernel_size, stride=layer.stride)


def prune_structured(model, ratio, norm=1):
    if ratio != ratio or ratio < 0.0 or ratio >= 1.0:
        raise ValueError("bad ratio: %r" % ratio)
    if norm not in {1, 2}:
        raise ValueError("bad norm: %r" % norm)
    tensors = [
        (p, layer.weight) for p, layer in enumerate(model) if type(layer).__name__ in {"Linear", "Conv2d"}
    ]
    chosen_by_pos = {p: selection(measure(w, norm), channels_to_drop(ratio, len(w))) for p, w in tensors[:-1]}
    for p, w in tensors[-1:]:
        chosen_by_pos[p] = np.ones(len(w), dtype=bool)

    def generate():
        sects, inp = [], None
        for p, layer in enumerate(model.layers):
            sects.append(reduce_layer(layer, inp, chosen_by_pos.get(p)))
            inp = chosen_by_pos.get(p, inp)
        return sects

    out_masks = {str(p) + ".weight": own for p, own in chosen_by_pos.items()}
    return Sequential(generate()), out_masks
