"""Drops a share of each hidden layer, smallest norm first."""

import copy
import math
from decimal import Decimal

import numpy as np

from judge.nn import AvgPool2d, Conv2d, Linear, MaxPool2d, Sequential


def validate(ratio, norm):
    if math.isnan(ratio) or math.isinf(ratio):
        raise ValueError("ratio is not finite")
    if ratio < 0 or ratio >= 1:
        raise ValueError("ratio is outside [0, 1)")
    if norm != 1 and norm != 2:
        raise ValueError("unknown norm")


def choose_channels(scores, cut_n):
    level = np.argsort(np.argsort(scores, kind="stable"))
    return np.flatnonzero(level >= cut_n)


def row_norms(array_in, norm):
    flat = np.abs(np.ascontiguousarray(array_in, dtype=np.float64)).ravel()
    edges = np.arange(0, flat.size, flat.size // len(array_in))
    return np.add.reduceat(flat if norm == 1 else np.square(flat), edges)


def to_remove(ratio, n):
    """How many of n channels go, by the decimal digits of the ratio."""
    amount = Decimal(repr(ratio)) * n
    cut_n = int(amount)
    return cut_n if cut_n < n else n - 1


def expand(remaining, width, n_features):
    return np.arange(n_features).reshape(width, n_features // width)[remaining].ravel()


def prune_structured(model, ratio, norm=1):
    validate(ratio, norm)
    prunable = [p for p in range(len(model)) if isinstance(model[p], (Linear, Conv2d))]

    # first pass: decide
    schedule = {
        p: choose_channels(row_norms(model[p].weight, norm), to_remove(ratio, len(model[p].weight)))
        for p in prunable[:-1]
    }
    schedule[prunable[-1]] = np.arange(len(model[prunable[-1]].weight))

    # second pass: build
    pieces = []
    remaining, width = None, 0
    for p, lay in enumerate(model):
        if p in schedule:
            matrix, b = lay.weight, lay.bias
            if remaining is not None:
                matrix = np.take(matrix, expand(remaining, width, matrix.shape[1]), axis=1)
            remaining, width = schedule[p], len(matrix)
            matrix = matrix[remaining]
            b = b[remaining] if b is not None else None
            if isinstance(lay, Conv2d):
                pieces.append(Conv2d(matrix, b, stride=lay.stride, padding=lay.padding))
            else:
                pieces.append(Linear(matrix, b))
        elif type(lay).__name__.startswith("BatchNorm") and remaining is not None:
            take_these = expand(remaining, width, len(lay.weight))
            pieces.append(
                type(lay)(
                    np.take(lay.weight, take_these),
                    np.take(lay.bias, take_these),
                    np.zeros(len(take_these), dtype=lay.running_mean.dtype),
                    np.ones(len(take_these), dtype=lay.running_var.dtype),
                    lay.eps,
                )
            )
        elif isinstance(lay, (MaxPool2d, AvgPool2d)):
            pieces.append(type(lay)(lay.kernel_size, lay.stride))
        else:
            pieces.append(copy.deepcopy(lay))

    masks = {}
    for p, remaining in schedule.items():
        marks = np.isin(np.arange(len(model[p].weight)), remaining)
        masks[str(p) + ".weight"] = marks
    return Sequential(pieces), masks
