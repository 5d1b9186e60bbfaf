"""Cuts the weakest filters out of a Sequential and whatever depends on them."""

import functools
from decimal import Decimal

import numpy as np

from judge.nn import AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, Linear, MaxPool2d, Sequential


def blocks(marks, length):
    if marks is None:
        return np.ones(length, dtype=bool)
    return np.kron(marks, np.ones(length // marks.size, dtype=bool)).astype(bool)


@functools.singledispatch
def rebuilt(op, inp, keep):
    """Layers that hold nothing."""
    return type(op)()


@rebuilt.register(Linear)
def shrink_linear(op, inp, keep):
    cells = np.ix_(keep, blocks(inp, op.in_features))
    return Linear(op.weight[cells], None if op.bias is None else op.bias[keep])


@rebuilt.register(Conv2d)
def shrink_conv(op, inp, keep):
    cells = np.ix_(keep, blocks(inp, op.in_channels))
    b = None if op.bias is None else op.bias[keep]
    return Conv2d(op.weight[cells], b, op.stride, op.padding, op.groups)


@rebuilt.register(BatchNorm1d)
@rebuilt.register(BatchNorm2d)
def shrink_norm(op, inp, keep):
    take_these = blocks(inp, op.num_features)
    return type(op)(
        op.weight[take_these], op.bias[take_these], op.running_mean[take_these], op.running_var[take_these], op.eps
    )


@rebuilt.register(MaxPool2d)
@rebuilt.register(AvgPool2d)
def pool_case(op, inp, keep):
    return type(op)(kernel_size=op.kernel_size)


def prune_structured(model, ratio, norm=1):
    if not (ratio >= 0 and ratio < 1):
        raise InvalidInput("ratio")
    if norm == 1 or norm == 2:
        pass
    else:
        raise InvalidInput("norm")
    weights = [
        (n_layer, op.weight) for n_layer, op in enumerate(model) if isinstance(op, (Linear, Conv2d))
    ]
    table = {}
    for n_layer, arr in weights:
        few = how_many(ratio, len(arr)) if n_layer < weights[-1][0] else 0
        table[n_layer] = selection(saliency(arr, norm), few)

    def stream():
        inp = None
        for n_layer, op in enumerate(model):
            keep = table.get(n_layer)
            yield rebuilt(op, inp, keep)
            inp = inp if keep is None else keep

    kept_masks = {str(n_layer) + ".weight": keep for n_layer, keep in table.items()}
    return Sequential(stream()), kept_masks


class InvalidInput(ValueError):
    """An argument that cannot be worked with."""


def saliency(filters, norm):
    norm_fn = (lambda one_filter: np.sum(np.abs(one_filter))) if norm == 1 else (lambda one_filter: np.sqrt(np.sum(one_filter**2)))
    return [float(norm_fn(one_filter)) for one_filter in filters.astype(np.double)]


def selection(norms, few):
    """True where a channel is among the strongest."""
    ranks = np.empty(len(norms), dtype=int)
    ranks[np.argsort(norms, kind="stable")] = np.arange(len(norms))
    return ranks >= few


def how_many(ratio, full):
    """How many of full channels go, by the decimal digits of the ratio."""
    x = Decimal(repr(ratio)) * full
    few = int(x)
    return few if few < full else full - 1
