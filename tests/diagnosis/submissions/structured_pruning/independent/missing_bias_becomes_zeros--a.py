"""Takes the channels of smallest L1 or L2 norm out of every layer but the output."""

import copy
from fractions import Fraction

import numpy as np

from judge.nn import AvgPool2d, Conv2d, Linear, MaxPool2d, Sequential


def select(sizes, removed_n):
    return np.sort(np.argsort(sizes, kind="stable")[removed_n:])


def quota(ratio, full):
    return min(int(Fraction(repr(ratio)) * full), full - 1)


def channel_norms(filters, norm):
    norm_fn = (lambda one_filter: np.sum(np.abs(one_filter))) if norm == 1 else (lambda one_filter: np.sqrt(np.sum(one_filter**2)))
    return [float(norm_fn(one_filter)) for one_filter in filters.astype(np.double)]


def features_of(left, channels, length):
    return np.flatnonzero(np.isin(np.arange(length) // (length // channels), left))


def prune_structured(model, ratio, norm=1):
    if ratio != ratio or ratio < 0.0 or ratio >= 1.0:
        raise ValueError("bad ratio: %r" % ratio)
    if norm not in {1, 2}:
        raise ValueError("bad norm: %r" % norm)
    where = [i for i, op in enumerate(model.layers) if type(op) in (Linear, Conv2d)]

    # first pass: decide
    schedule = {}
    for i in where:
        matrix = model[i].weight
        if i == where[-1]:
            schedule[i] = np.arange(len(matrix))
        else:
            schedule[i] = select(channel_norms(matrix, norm), quota(ratio, len(matrix)))

    # second pass: build
    stack = []
    left, channels = None, 0
    for i, op in enumerate(model):
        if i in schedule:
            matrix, shift = op.weight, op.bias
            if left is not None:
                matrix = np.take(matrix, features_of(left, channels, matrix.shape[1]), axis=1)
            left, channels = schedule[i], len(matrix)
            matrix = np.take(matrix, left, axis=0)
            shift = np.zeros(len(left), dtype=matrix.dtype) if shift is None else np.take(shift, left)
            if isinstance(op, Conv2d):
                stack.append(Conv2d(matrix, shift, stride=op.stride, padding=op.padding))
            else:
                stack.append(Linear(matrix, shift))
        elif hasattr(op, "running_mean") and left is not None:
            sel = features_of(left, channels, len(op.weight))
            stack.append(
                type(op)(
                    *(getattr(op, field)[sel] for field in ("weight", "bias", "running_mean", "running_var")),
                    eps=op.eps,
                )
            )
        elif isinstance(op, (MaxPool2d, AvgPool2d)):
            stack.append(type(op)(op.kernel_size, op.stride))
        else:
            stack.append(copy.deepcopy(op))

    out_masks = {}
    for i, left in schedule.items():
        bits = np.isin(np.arange(len(model[i].weight)), left)
        out_masks[str(i) + ".weight"] = bits
    return Sequential(stack), out_masks
