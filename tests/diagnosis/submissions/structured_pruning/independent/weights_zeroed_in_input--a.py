"""Removes whole output channels from a network by the norm of their weights."""

import functools
import math
from decimal import Decimal

import numpy as np

from judge.nn import AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, Linear, MaxPool2d, Sequential


def widen(vec, n_features):
    if vec is None:
        return np.ones(n_features, dtype=bool)
    step = n_features // vec.size
    return (vec[:, None] & np.ones((1, step), dtype=bool)).ravel()


@functools.singledispatch
def rebuilt(op, came_in, stay):
    """Layers that hold nothing."""
    return type(op)()


@rebuilt.register(Linear)
def of_linear(op, came_in, stay):
    mesh = np.ix_(stay, widen(came_in, op.in_features))
    return Linear(op.weight[mesh], None if op.bias is None else op.bias[stay])


@rebuilt.register(Conv2d)
def of_conv(op, came_in, stay):
    mesh = np.ix_(stay, widen(came_in, op.in_channels))
    offset = None if op.bias is None else op.bias[stay]
    return Conv2d(op.weight[mesh], offset, op.stride, op.padding, op.groups)


@rebuilt.register(BatchNorm1d)
@rebuilt.register(BatchNorm2d)
def bn_case(op, came_in, stay):
    cols = widen(came_in, op.num_features)
    return type(op)(
        op.weight[cols], op.bias[cols], op.running_mean[cols], op.running_var[cols], op.eps
    )


@rebuilt.register(MaxPool2d)
@rebuilt.register(AvgPool2d)
def shrink_pool(op, came_in, stay):
    return type(op)(kernel_size=op.kernel_size, stride=op.stride)


def prune_structured(model, ratio, norm=1):
    sound = math.isfinite(ratio) and 0 <= ratio < 1 and norm in (1, 2)
    if not sound:
        raise ValueError("prune_structured(model, ratio in [0, 1), norm 1 or 2)")
    candidates_by_pos = [
        (index, op.weight) for index, op in enumerate(model) if isinstance(op, (Linear, Conv2d))
    ]
    chosen_by_pos = {index: selection(filter_norms(kernel, norm), to_remove(ratio, len(kernel))) for index, kernel in candidates_by_pos[:-1]}
    for index, kernel in candidates_by_pos[-1:]:
        chosen_by_pos[index] = np.ones(len(kernel), dtype=bool)

    for index, kernel in candidates_by_pos:
        kernel[~chosen_by_pos[index]] = 0

    def stream():
        came_in = None
        for index, op in enumerate(model):
            stay = chosen_by_pos.get(index)
            yield rebuilt(op, came_in, stay)
            came_in = came_in if stay is None else stay

    masks = {"%d.weight" % index: stay for index, stay in chosen_by_pos.items()}
    return Sequential(stream()), masks


to_remove = lambda ratio, n: min(math.floor(Decimal(repr(ratio)) * n), n - 1)


def selection(norms, cut_n):
    true_where = np.ones(len(norms), dtype=bool)
    true_where[np.argsort(norms, kind="stable")[:cut_n]] = False
    return true_where


def filter_norms(array_in, norm):
    flat2d = array_in.astype(np.float64).reshape(array_in.shape[0], -1)
    if norm == 1:
        return np.abs(flat2d).sum(axis=1)
    return np.sqrt((flat2d * flat2d).sum(axis=1))
