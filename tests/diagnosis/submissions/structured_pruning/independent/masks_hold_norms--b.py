"""Cuts the weakest filters out of a Sequential and whatever depends on them."""

import functools
import math
from decimal import Decimal

import numpy as np

from judge.nn import AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, Linear, MaxPool2d, Sequential


channels_to_drop = lambda ratio, n: min(math.floor(Decimal(repr(ratio)) * n), n - 1)


def selection(scores, cut_n):
    """True where a channel is among the strongest."""
    ranks = np.empty(len(scores), dtype=int)
    ranks[np.argsort(scores, kind="stable")] = np.arange(len(scores))
    return ranks >= cut_n


def measure(filters, norm):
    res = []
    for row in filters:
        flat = [abs(number_) for number_ in row.ravel().tolist()]
        if norm == 1:
            res.append(math.fsum(flat))
        else:
            res.append(math.sqrt(math.fsum(number_ * number_ for number_ in flat)))
    return res


def blocks(marks, extent):
    if marks is None:
        return np.ones(extent, dtype=bool)
    per_channel = extent // marks.size
    return (marks[:, None] & np.ones((1, per_channel), dtype=bool)).ravel()


@functools.singledispatch
def narrow(block, upstream, good):
    """Layers that hold nothing."""
    return type(block)()


@narrow.register(Linear)
def _linear(block, upstream, good):
    cells = np.ix_(good, blocks(upstream, block.in_features))
    return Linear(block.weight[cells], None if block.bias is None else block.bias[good])


@narrow.register(Conv2d)
def shrink_conv(block, upstream, good):
    cells = np.ix_(np.flatnonzero(good), np.flatnonzero(blocks(upstream, block.weight.shape[1])))
    offset = None if block.bias is None else block.bias[good]
    return Conv2d(block.weight[cells], offset, block.stride, block.padding, block.groups)


@narrow.register(BatchNorm1d)
@narrow.register(BatchNorm2d)
def of_batchnorm(block, upstream, good):
    picks = blocks(upstream, block.num_features)
    return type(block)(
        weight=block.weight[picks],
        bias=block.bias[picks],
        running_mean=block.running_mean[picks],
        running_var=block.running_var[picks],
        eps=block.eps,
    )


@narrow.register(MaxPool2d)
@narrow.register(AvgPool2d)
def of_pool(block, upstream, good):
    return type(block)(kernel_size=block.kernel_size, stride=block.stride)


def prune_structured(model, ratio, norm=1):
    fine = math.isfinite(ratio) and 0 <= ratio < 1 and norm in (1, 2)
    if not fine:
        raise ValueError("prune_structured(model, ratio in [0, 1), norm 1 or 2)")
    weights = [
        (n_layer, block.weight) for n_layer, block in enumerate(model) if type(block).__name__ in {"Linear", "Conv2d"}
    ]
    flags = {}
    for n_layer, kernel in weights:
        cut_n = channels_to_drop(ratio, len(kernel)) if n_layer < weights[-1][0] else 0
        flags[n_layer] = selection(measure(kernel, norm), cut_n)

    def pipeline():
        runs, upstream = [], None
        for n_layer, block in enumerate(model.layers):
            runs.append(narrow(block, upstream, flags.get(n_layer)))
            upstream = flags.get(n_layer, upstream)
        return runs

    kept_masks = {}
    for n_layer, good in flags.items():
        kept_masks["{}.weight".format(n_layer)] = np.multiply(measure(model[n_layer].weight, norm), good)
    return Sequential(pipeline()), kept_masks
