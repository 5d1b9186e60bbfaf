"""Takes the channels of smallest L1 or L2 norm out of every layer but the output."""

import functools
import math
from decimal import Decimal

import numpy as np

from judge.nn import AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, Linear, MaxPool2d, Sequential


def validate(ratio, norm):
    if not math.isfinite(ratio):
        raise ValueError("ratio must be finite")
    if ratio < 0 or ratio > 1:
        raise ValueError("ratio must not be outside the unit interval")
    if norm != 1 and norm != 2:
        raise ValueError("norm must be 1 or 2")


def select(strength, k):
    """True where a channel is among the strongest."""
    ranks = np.empty(len(strength), dtype=int)
    ranks[np.argsort(strength, kind="stable")] = np.arange(len(strength))
    return ranks >= k


def saliency(filters, norm):
    norm_fn = (lambda filt: np.sum(np.abs(filt))) if norm == 1 else (lambda filt: np.sqrt(np.sum(filt**2)))
    return [float(norm_fn(filt)) for filt in filters.astype(np.double)]


channels_to_drop = lambda ratio, how_wide: min(math.floor(Decimal(repr(ratio)) * how_wide), how_wide - 1)


def per_feature(flag, length):
    if flag is None:
        return np.ones(length, dtype=bool)
    step = length // flag.size
    return (flag[:, None] & np.ones((1, step), dtype=bool)).ravel()


@functools.singledispatch
def narrow(block, upstream, keep):
    """Layers that hold nothing."""
    return type(block)()


@narrow.register(Linear)
def dense_case(block, upstream, keep):
    grid = np.ix_(keep, per_feature(upstream, block.in_features))
    return Linear(block.weight[grid], None if block.bias is None else block.bias[keep])


@narrow.register(Conv2d)
def conv_case(block, upstream, keep):
    grid = np.ix_(np.flatnonzero(keep), np.flatnonzero(per_feature(upstream, block.weight.shape[1])))
    b = None if block.bias is None else block.bias[keep]
    return Conv2d(block.weight[grid], b, block.stride, block.padding, block.groups)


@narrow.register(BatchNorm1d)
@narrow.register(BatchNorm2d)
def _norm(block, upstream, keep):
    take_these = per_feature(upstream, block.num_features)
    return type(block)(
        weight=block.weight[take_these],
        bias=block.bias[take_these],
        running_mean=block.running_mean[take_these],
        running_var=block.running_var[take_these],
        eps=block.eps,
    )


@narrow.register(MaxPool2d)
@narrow.register(AvgPool2d)
def pool_case(block, upstream, keep):
    return type(block)(kernel_size=block.kernel_size, stride=block.stride)


def prune_structured(model, ratio, norm=1):
    validate(ratio, norm)
    candidates_by_pos = [
        (pos, block.weight) for pos, block in enumerate(model) if isinstance(block, Linear | Conv2d)
    ]
    flags = {}
    for pos, arr in candidates_by_pos:
        k = channels_to_drop(ratio, len(arr)) if pos < candidates_by_pos[-1][0] else 0
        flags[pos] = select(saliency(arr, norm), k)

    def generate():
        runs, upstream = [], None
        for pos, block in enumerate(model.layers):
            runs.append(narrow(block, upstream, flags.get(pos)))
            upstream = flags.get(pos, upstream)
        return runs

    kept_masks = {"{}.weight".format(pos): keep for pos, keep in flags.items()}
    return Sequential(generate()), kept_masks
