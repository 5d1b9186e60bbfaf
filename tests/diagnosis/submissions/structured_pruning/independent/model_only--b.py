"""prune_structured: rows, bias entries, BatchNorm entries and reading columns go together."""

import functools
import math
from decimal import Decimal

import numpy as np

from judge.nn import AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, Linear, MaxPool2d, Sequential


def how_many(ratio, n):
    share = round(Decimal(repr(ratio)) * n)
    if share >= n:
        share = n - 1
    return share


def filter_norms(array_in, norm):
    res = []
    for row in array_in:
        vals = [abs(v) for v in row.ravel().tolist()]
        if norm == 1:
            res.append(math.fsum(vals))
        else:
            res.append(math.sqrt(math.fsum(v * v for v in vals)))
    return res


def selection(scores, k):
    labelled = sorted((v, cc) for cc, v in enumerate(scores))
    stays_on = [True] * len(labelled)
    for _, cc in labelled[:k]:
        stays_on[cc] = False
    return np.array(stays_on)


def expand(bits, length):
    if bits is None:
        return np.ones(length, dtype=bool)
    return np.kron(bits, np.ones(length // bits.size, dtype=bool)).astype(bool)


@functools.singledispatch
def slimmed(module, came_in, own):
    """Layers that hold nothing."""
    return type(module)()


@slimmed.register(Linear)
def dense_case(module, came_in, own):
    grid = np.ix_(own, expand(came_in, module.in_features))
    return Linear(module.weight[grid], None if module.bias is None else module.bias[own])


@slimmed.register(Conv2d)
def _conv(module, came_in, own):
    grid = np.ix_(own, expand(came_in, module.in_channels))
    offset = None if module.bias is None else module.bias[own]
    return Conv2d(module.weight[grid], offset, module.stride, module.padding, module.groups)


@slimmed.register(BatchNorm1d)
@slimmed.register(BatchNorm2d)
def shrink_norm(module, came_in, own):
    cols = expand(came_in, module.num_features)
    return type(module)(
        module.weight[cols], module.bias[cols], module.running_mean[cols], module.running_var[cols], module.eps
    )


@slimmed.register(MaxPool2d)
@slimmed.register(AvgPool2d)
def _pool(module, came_in, own):
    return type(module)(kernel_size=module.kernel_size, stride=module.stride)


def prune_structured(model, ratio, norm=1):
    if ratio != ratio or ratio < 0.0 or ratio >= 1.0:
        raise ValueError("bad ratio: %r" % ratio)
    if norm not in {1, 2}:
        raise ValueError("bad norm: %r" % norm)
    candidates_by_pos = [
        (at_layer, module.weight) for at_layer, module in enumerate(model) if type(module).__name__ in {"Linear", "Conv2d"}
    ]
    table = {}
    for at_layer, kernel in candidates_by_pos:
        k = how_many(ratio, len(kernel)) if at_layer < candidates_by_pos[-1][0] else 0
        table[at_layer] = selection(filter_norms(kernel, norm), k)

    def pipeline():
        came_in = None
        for at_layer, module in enumerate(model):
            own = table.get(at_layer)
            yield slimmed(module, came_in, own)
            came_in = came_in if own is None else own

    return Sequential(pipeline())
