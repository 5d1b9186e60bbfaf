"""Shrinks linear and convolutional layers by whole channels."""

import functools
import math
from decimal import Decimal, ROUND_CEILING

import numpy as np

from judge.nn import AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, Linear, MaxPool2d, Sequential


class ArgumentError(ValueError):
    """An argument that cannot be worked with."""


def depthwise_like(module):
    """One filter per input channel: such a layer follows its producer."""
    return isinstance(module, Conv2d) and module.in_channels == module.groups


def selection(strength, cut_n):
    return np.isin(np.arange(len(strength)), np.argsort(strength)[cut_n:])


def channel_norms(filters, norm):
    res = []
    for line_of in filters:
        vals = [abs(e) for e in line_of.ravel().tolist()]
        if norm == 1:
            res.append(math.fsum(vals))
        else:
            res.append(math.sqrt(math.fsum(e * e for e in vals)))
    return res


def how_many(ratio, how_wide):
    share = (Decimal(repr(ratio)) * how_wide).to_integral_value(rounding=ROUND_CEILING)
    return int(min(share, how_wide - 1))


def features_of(bits, n_features):
    if bits is None:
        return np.ones(n_features, dtype=bool)
    span = n_features // bits.size
    return (bits[:, None] & np.ones((1, span), dtype=bool)).ravel()


@functools.singledispatch
def rebuilt(module, upstream, stay):
    """Layers that hold nothing."""
    return type(module)()


@rebuilt.register(Linear)
def shrink_linear(module, upstream, stay):
    cells = np.ix_(stay, features_of(upstream, module.in_features))
    return Linear(module.weight[cells], None if module.bias is None else module.bias[stay])


@rebuilt.register(Conv2d)
def of_conv(module, upstream, stay):
    cells = np.ix_(stay, features_of(upstream, module.in_channels))
    shift = None if module.bias is None else module.bias[stay]
    return Conv2d(module.weight[cells], shift, module.stride, module.padding, module.groups)


@rebuilt.register(BatchNorm1d)
@rebuilt.register(BatchNorm2d)
def bn_case(module, upstream, stay):
    inner = features_of(upstream, module.num_features)
    return type(module)(
        module.weight[inner], module.bias[inner], module.running_mean[inner], module.running_var[inner], module.eps
    )


@rebuilt.register(MaxPool2d)
@rebuilt.register(AvgPool2d)
def _pool(module, upstream, stay):
    return type(module)(kernel_size=module.kernel_size, stride=module.stride)


def prune_structured(model, ratio, norm=1):
    if not (ratio >= 0 and ratio < 1):
        raise ArgumentError("ratio")
    if norm == 1 or norm == 2:
        pass
    else:
        raise ArgumentError("norm")
    tensors = [
        (n_layer, module.weight) for n_layer, module in enumerate(model) if type(module).__name__ in {"Linear", "Conv2d"}
    ]
    stays = {n_layer: selection(channel_norms(w, norm), how_many(ratio, len(w))) for n_layer, w in tensors[:-1]}
    for n_layer, w in tensors:
        if n_layer == tensors[-1][0] or depthwise_like(model[n_layer]):
            stays[n_layer] = np.ones(len(w), dtype=bool)

    def stream():
        parts, upstream = [], None
        for n_layer, module in enumerate(model.layers):
            parts.append(rebuilt(module, upstream, stays.get(n_layer)))
            upstream = stays.get(n_layer, upstream)
        return parts

    out_masks = {"%d.weight" % n_layer: stay for n_layer, stay in stays.items()}
    return Sequential(stream()), out_masks
