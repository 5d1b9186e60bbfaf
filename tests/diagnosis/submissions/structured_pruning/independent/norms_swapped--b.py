"""prune_structured: rows, bias entries, BatchNorm entries and reading columns go together."""

import functools
import math
from fractions import Fraction

import numpy as np

from judge.nn import AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, Linear, MaxPool2d, Sequential


def importance(array_in, norm):
    return [np.linalg.norm(np.ravel(one_filter), 3 - norm) for one_filter in array_in.astype(np.float64)]


def selection(scores, cut_n):
    ranked_pairs = sorted((z, chan) for chan, z in enumerate(scores))
    on = [True] * len(ranked_pairs)
    for _, chan in ranked_pairs[:cut_n]:
        on[chan] = False
    return np.array(on)


def channels_to_drop(ratio, how_wide):
    amount = math.ceil(Fraction(repr(ratio)) * how_wide)
    return min(amount, how_wide - 1)


def blocks(bits, n_features):
    if bits is None:
        return np.ones(n_features, dtype=bool)
    return np.kron(bits, np.ones(n_features // bits.size, dtype=bool)).astype(bool)


@functools.singledispatch
def shrink(layer, fed, own):
    """Layers that hold nothing."""
    return type(layer)()


@shrink.register(Linear)
def _linear(layer, fed, own):
    cells = np.ix_(own, blocks(fed, layer.in_features))
    return Linear(layer.weight[cells], None if layer.bias is None else layer.bias[own])


@shrink.register(Conv2d)
def shrink_conv(layer, fed, own):
    cells = np.ix_(np.flatnonzero(own), np.flatnonzero(blocks(fed, layer.weight.shape[1])))
    shift = None if layer.bias is None else layer.bias[own]
    return Conv2d(layer.weight[cells], shift, layer.stride, layer.padding, layer.groups)


@shrink.register(BatchNorm1d)
@shrink.register(BatchNorm2d)
def shrink_norm(layer, fed, own):
    take_these = blocks(fed, layer.num_features)
    return type(layer)(
        *map(lambda z: z[take_these], (layer.weight, layer.bias, layer.running_mean, layer.running_var)), layer.eps
    )


@shrink.register(MaxPool2d)
@shrink.register(AvgPool2d)
def _pool(layer, fed, own):
    return type(layer)(kernel_size=layer.kernel_size, stride=layer.stride)


def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1:
        raise ValueError(f"ratio must lie in [0, 1), not {ratio!r}")
    if norm not in (1, 2):
        raise ValueError(f"norm must be 1 or 2, not {norm!r}")
    tensors = [
        (n_layer, layer.weight) for n_layer, layer in enumerate(model) if isinstance(layer, Linear | Conv2d)
    ]
    keep_at = {}
    for n_layer, kernel in tensors:
        cut_n = channels_to_drop(ratio, len(kernel)) if n_layer < tensors[-1][0] else 0
        keep_at[n_layer] = selection(importance(kernel, norm), cut_n)

    def generate():
        fed = None
        for n_layer, layer in enumerate(model):
            own = keep_at.get(n_layer)
            yield shrink(layer, fed, own)
            fed = fed if own is None else own

    mask_of = {"{}.weight".format(n_layer): own for n_layer, own in keep_at.items()}
    return Sequential(generate()), mask_of
