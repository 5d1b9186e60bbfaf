"""Removes whole output channels from a network by the norm of their weights."""

import functools
import heapq
import math
from decimal import Decimal

import numpy as np

from judge.nn import AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, Linear, MaxPool2d, Sequential


def spread(mask, length):
    if mask is None:
        return np.ones(length, dtype=bool)
    return np.kron(mask, np.ones(length // mask.size, dtype=bool)).astype(bool)


@functools.singledispatch
def reduce_layer(block, upstream, keep):
    """Layers that hold nothing."""
    return type(block)()


@reduce_layer.register(Linear)
def of_linear(block, upstream, keep):
    grid = np.ix_(keep, spread(upstream, block.in_features))
    return Linear(block.weight[grid], None if block.bias is None else block.bias[keep])


@reduce_layer.register(Conv2d)
def of_conv(block, upstream, keep):
    grid = np.ix_(np.flatnonzero(keep), np.flatnonzero(spread(upstream, block.weight.shape[1])))
    b = None if block.bias is None else block.bias[keep]
    return Conv2d(block.weight[grid], b, block.stride, block.padding, block.groups)


@reduce_layer.register(BatchNorm1d)
@reduce_layer.register(BatchNorm2d)
def _norm(block, upstream, keep):
    inner = spread(upstream, block.num_features)
    return type(block)(
        block.weight[inner], block.bias[inner], block.running_mean[inner], block.running_var[inner], block.eps
    )


@reduce_layer.register(MaxPool2d)
@reduce_layer.register(AvgPool2d)
def pool_case(block, upstream, keep):
    return type(block)(kernel_size=block.kernel_size, stride=block.stride)


def prune_structured(model, ratio, norm=1):
    if not (ratio >= 0 and ratio < 1):
        raise BadArgument("ratio")
    if norm == 1 or norm == 2:
        pass
    else:
        raise BadArgument("norm")
    candidates_by_pos = [
        (i, block.weight) for i, block in enumerate(model) if isinstance(block, Linear | Conv2d)
    ]
    table = {}
    for i, arr in candidates_by_pos:
        k = quota(ratio, len(arr)) if i < candidates_by_pos[-1][0] else 0
        table[i] = choose_channels(saliency(arr, norm), k)

    def layers_out():
        sects, upstream = [], None
        for i, block in enumerate(model.layers):
            sects.append(reduce_layer(block, upstream, table.get(i)))
            upstream = table.get(i, upstream)
        return sects

    mask_of = {"%d.weight" % i: keep.tolist() for i, keep in table.items()}
    return Sequential(layers_out()), mask_of


class BadArgument(ValueError):
    """An argument that cannot be worked with."""


quota = lambda ratio, how_wide: min(math.floor(Decimal(repr(ratio)) * how_wide), how_wide - 1)


def choose_channels(sizes, k):
    bad_ones = set(heapq.nsmallest(k, range(len(sizes)), key=lambda cc: sizes[cc]))
    return np.array([cc not in bad_ones for cc in range(len(sizes))])


def saliency(array_in, norm):
    abs_vals = np.abs(np.ascontiguousarray(array_in, dtype=np.float64)).ravel()
    edges = np.arange(0, abs_vals.size, abs_vals.size // len(array_in))
    return np.add.reduceat(abs_vals if norm == 1 else np.square(abs_vals), edges)
