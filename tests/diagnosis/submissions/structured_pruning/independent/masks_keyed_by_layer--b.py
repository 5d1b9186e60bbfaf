"""Cuts the weakest filters out of a Sequential and whatever depends on them."""

import functools
import math
from fractions import Fraction

import numpy as np

from judge.nn import AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, Linear, MaxPool2d, Sequential


def filter_norms(filters, norm):
    length_of = (lambda line_of: np.sum(np.abs(line_of))) if norm == 1 else (lambda line_of: np.sqrt(np.sum(line_of**2)))
    return [float(length_of(line_of)) for line_of in filters.astype(np.double)]


def select(strength, drop_n):
    ranked_pairs = sorted((number_, chan) for chan, number_ in enumerate(strength))
    mark = [True] * len(ranked_pairs)
    for _, chan in ranked_pairs[:drop_n]:
        mark[chan] = False
    return np.array(mark)


def channels_to_drop(ratio, channels_n):
    share = math.ceil(Fraction(repr(ratio)) * channels_n)
    return min(share, channels_n - 1)


def features_of(bits, n_features):
    if bits is None:
        return np.ones(n_features, dtype=bool)
    return np.kron(bits, np.ones(n_features // bits.size, dtype=bool)).astype(bool)


@functools.singledispatch
def narrow(module, came_in, retained):
    """Layers that hold nothing."""
    return type(module)()


@narrow.register(Linear)
def _linear(module, came_in, retained):
    window = np.ix_(retained, features_of(came_in, module.in_features))
    return Linear(module.weight[window], None if module.bias is None else module.bias[retained])


@narrow.register(Conv2d)
def shrink_conv(module, came_in, retained):
    window = np.ix_(retained, features_of(came_in, module.in_channels))
    shift = None if module.bias is None else module.bias[retained]
    return Conv2d(module.weight[window], shift, module.stride, module.padding, module.groups)


@narrow.register(BatchNorm1d)
@narrow.register(BatchNorm2d)
def of_batchnorm(module, came_in, retained):
    inner = features_of(came_in, module.num_features)
    return type(module)(
        *map(lambda number_: number_[inner], (module.weight, module.bias, module.running_mean, module.running_var)), module.eps
    )


@narrow.register(MaxPool2d)
@narrow.register(AvgPool2d)
def pool_case(module, came_in, retained):
    return type(module)(kernel_size=module.kernel_size, stride=module.stride)


def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1:
        raise ValueError(f"ratio must lie in [0, 1), not {ratio!r}")
    if norm not in (1, 2):
        raise ValueError(f"norm must be 1 or 2, not {norm!r}")
    tensors = [
        (at_layer, module.weight) for at_layer, module in enumerate(model) if type(module).__name__ in {"Linear", "Conv2d"}
    ]
    keep_at = {at_layer: select(filter_norms(matrix, norm), channels_to_drop(ratio, len(matrix))) for at_layer, matrix in tensors[:-1]}
    for at_layer, matrix in tensors[-1:]:
        keep_at[at_layer] = np.ones(len(matrix), dtype=bool)

    def generate():
        grouped, came_in = [], None
        for at_layer, module in enumerate(model.layers):
            grouped.append(narrow(module, came_in, keep_at.get(at_layer)))
            came_in = keep_at.get(at_layer, came_in)
        return grouped

    masks = {f"{at_layer}": retained for at_layer, retained in keep_at.items()}
    return Sequential(generate()), masks
