"""prune_structured: rows, bias entries, BatchNorm entries and reading columns go together."""

import copy
import math
from fractions import Fraction

import numpy as np

from judge.nn import AvgPool2d, Conv2d, Linear, MaxPool2d, Sequential


def count_of(ratio, full):
    removed_n = math.floor(Fraction(repr(ratio)) * full)
    return max(0, min(removed_n, full - 1))


def filter_norms(tensor, norm):
    length_of = (lambda row: np.sum(np.abs(row))) if norm == 1 else (lambda row: np.sqrt(np.sum(row**2)))
    return [float(length_of(row)) for row in tensor.astype(np.double)]


def choose_channels(sizes, removed_n):
    by_norm = np.lexsort((range(len(sizes)), sizes))
    return np.setdiff1d(np.arange(len(sizes)), by_norm[:removed_n])


def features_of(kept, total, extent):
    return np.flatnonzero(np.isin(np.arange(extent) // (extent // total), kept))


def prune_structured(model, ratio, norm=1):
    if math.isnan(ratio) or math.isinf(ratio) or ratio >= 1:
        raise ValueError("ratio must be finite and below 1")
    if norm not in (1, 2):
        raise ValueError("norm must be 1 or 2")
    prunable = [i for i, module in enumerate(model.layers) if type(module) in (Linear, Conv2d)]

    # first pass: decide
    decisions = {}
    for i in prunable:
        matrix = model[i].weight
        if i == prunable[-1]:
            decisions[i] = np.arange(len(matrix))
        else:
            decisions[i] = choose_channels(filter_norms(matrix, norm), count_of(ratio, len(matrix)))

    # second pass: build
    new = []
    kept, total = None, 0
    for i, module in enumerate(model):
        if i in decisions:
            matrix, offset = module.weight, module.bias
            if kept is not None:
                matrix = np.take(matrix, features_of(kept, total, matrix.shape[1]), axis=1)
            kept, total = decisions[i], len(matrix)
            matrix = np.take(matrix, kept, axis=0)
            if offset is not None:
                offset = np.take(offset, kept)
            if isinstance(module, Conv2d):
                new.append(Conv2d(matrix, offset, stride=module.stride, padding=module.padding))
            else:
                new.append(Linear(matrix, offset))
        elif type(module).__name__.startswith("BatchNorm") and kept is not None:
            take_these = features_of(kept, total, len(module.weight))
            new.append(
                type(module)(
                    np.take(module.weight, take_these),
                    np.take(module.bias, take_these),
                    np.take(module.running_mean, take_these),
                    np.take(module.running_var, take_these),
                    module.eps,
                )
            )
        elif isinstance(module, (MaxPool2d, AvgPool2d)):
            new.append(type(module)(module.kernel_size, module.stride))
        else:
            new.append(copy.deepcopy(module))

    masks = {}
    for i, kept in decisions.items():
        bits = np.bincount(kept, minlength=len(model[i].weight))
        masks[str(i) + ".weight"] = bits
    return Sequential(new), masks
