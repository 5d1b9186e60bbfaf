"""prune_structured: rows, bias entries, BatchNorm entries and reading columns go together."""

import copy
import math

import numpy as np

from judge.nn import AvgPool2d, Conv2d, Linear, MaxPool2d, Sequential


def verify(ratio, norm):
    if math.isnan(ratio) or math.isinf(ratio):
        raise ValueError("ratio is not finite")
    if ratio < 0 or ratio >= 1:
        raise ValueError("ratio is outside [0, 1)")
    if norm != 1 and norm != 2:
        raise ValueError("unknown norm")


def removal_count(ratio, n):
    # nine decimals wash out the binary rounding error of the product
    return min(math.floor(round(ratio * n, 9)), n - 1)


def measure(wts, norm):
    size_of = (lambda one_filter: np.sum(np.abs(one_filter))) if norm == 1 else (lambda one_filter: np.sqrt(np.sum(one_filter**2)))
    return [float(size_of(one_filter)) for one_filter in wts.astype(np.double)]


def select(strength, drop_n):
    by_norm = sorted(range(len(strength)), key=lambda chan: strength[chan], reverse=True)
    return np.array(sorted(by_norm[:-drop_n]), dtype=int)


def blocks(left, total, n_features):
    return np.arange(n_features).reshape(total, n_features // total)[left].ravel()


def prune_structured(model, ratio, norm=1):
    verify(ratio, norm)
    where = [index for index, lay in enumerate(model.layers) if type(lay) in (Linear, Conv2d)]

    # first pass: decide
    kept_by_layer = {
        index: select(measure(model[index].weight, norm), removal_count(ratio, len(model[index].weight)))
        for index in where[:-1]
    }
    kept_by_layer[where[-1]] = np.arange(len(model[where[-1]].weight))

    # second pass: build
    fresh = []
    left, total = None, 0
    for index, lay in enumerate(model):
        if index in kept_by_layer:
            w, offset = lay.weight, lay.bias
            if left is not None:
                w = np.take(w, blocks(left, total, w.shape[1]), axis=1)
            left, total = kept_by_layer[index], len(w)
            w = np.take(w, left, axis=0)
            if offset is not None:
                offset = np.take(offset, left)
            if isinstance(lay, Conv2d):
                fresh.append(Conv2d(w, offset, stride=lay.stride, padding=lay.padding))
            else:
                fresh.append(Linear(w, offset))
        elif type(lay).__name__.startswith("BatchNorm") and left is not None:
            sel = blocks(left, total, len(lay.weight))
            fresh.append(
                type(lay)(
                    np.take(lay.weight, sel),
                    np.take(lay.bias, sel),
                    np.take(lay.running_mean, sel),
                    np.take(lay.running_var, sel),
                    lay.eps,
                )
            )
        elif isinstance(lay, (MaxPool2d, AvgPool2d)):
            fresh.append(type(lay)(lay.kernel_size, lay.stride))
        else:
            fresh.append(copy.deepcopy(lay))

    flags_by_name = {}
    for index, left in kept_by_layer.items():
        vec = np.isin(np.arange(len(model[index].weight)), left)
        flags_by_name[str(index) + ".weight"] = vec
    return Sequential(fresh), flags_by_name
