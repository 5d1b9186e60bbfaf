"""Filter pruning by magnitude, layer by layer."""

import copy
import math

import numpy as np

from judge.nn import AvgPool2d, Conv2d, Linear, MaxPool2d, Sequential


def selection(s_, cut_n):
    by_norm = np.lexsort((range(len(s_)), s_))
    return np.setdiff1d(np.arange(len(s_)), by_norm[:cut_n])


def how_many(ratio, n):
    # nine decimals wash out the binary rounding error of the product
    return min(math.floor(round(ratio * n, 9)), n - 1)


def strengths(array_in, norm):
    array_in = array_in.astype(np.float64)
    if array_in.ndim == 2:
        return np.linalg.norm(array_in, ord=norm, axis=1)
    return np.linalg.norm(array_in, ord=norm, axis=(2, 3)).sum(axis=1)


def expand(left, width, extent):
    return np.arange(extent).reshape(width, extent // width)[left].ravel()


def prune_structured(model, ratio, norm=1):
    fine = math.isfinite(ratio) and 0 <= ratio < 1 and norm in (1, 2)
    if not fine:
        raise ValueError("prune_structured(model, ratio in [0, 1), norm 1 or 2)")
    positions = [p for p in range(len(model)) if isinstance(model[p], (Linear, Conv2d))]

    # first pass: decide
    schedule = {}
    for p in positions:
        w = model[p].weight
        if p == positions[-1]:
            schedule[p] = np.arange(len(w))
        else:
            schedule[p] = selection(strengths(w, norm), how_many(ratio, len(w)))

    # second pass: build
    fresh = []
    left, width = None, 0
    for p, layer in enumerate(model):
        if p in schedule:
            w, shift = layer.weight, layer.bias
            if left is not None:
                w = np.take(w, expand(left, width, w.shape[1]), axis=1)
            left, width = schedule[p], len(w)
            w = np.take(w, left, axis=0)
            if shift is not None:
                shift = np.take(shift, left)
            if isinstance(layer, Conv2d):
                fresh.append(Conv2d(w, shift, stride=layer.stride, padding=layer.padding))
            else:
                fresh.append(Linear(w, shift))
        elif type(layer).__name__.startswith("BatchNorm") and left is not None:
            take_these = expand(left, width, len(layer.weight))
            fresh.append(
                type(layer)(
                    np.take(layer.weight, take_these),
                    np.take(layer.bias, take_these),
                    np.take(layer.running_mean, take_these),
                    np.take(layer.running_var, take_these),
                    layer.eps,
                )
            )
        elif isinstance(layer, (MaxPool2d, AvgPool2d)):
            fresh.append(type(layer)(layer.kernel_size, layer.stride))
        else:
            fresh.append(copy.deepcopy(layer))

    kept_masks = {}
    for p, left in schedule.items():
        flag = np.bincount(left, minlength=len(model[p].weight))
        kept_masks[str(p) + ".weight"] = flag
    return Sequential(fresh), kept_masks
