"""Cuts the weakest filters out of a Sequential and whatever depends on them."""

import copy
import math

import numpy as np

from judge.nn import AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, Linear, MaxPool2d, Sequential


def ensure(ratio, norm):
    if math.isnan(ratio) or math.isinf(ratio):
        raise ValueError("ratio is not finite")
    if ratio < 0 or ratio >= 1:
        raise ValueError("ratio is outside [0, 1)")
    if norm != 1 and norm != 2:
        raise ValueError("unknown norm")


def count_of(ratio, n):
    # nine decimals wash out the binary rounding error of the product
    return min(math.floor(round(ratio * n, 9)), n - 1)


def row_norms(array_in, norm):
    flat2d = array_in.astype(np.float64).reshape(len(array_in), -1)
    return np.abs(flat2d.sum(axis=1)) if norm == 1 else np.linalg.norm(flat2d, axis=1)


def selection(strength, drop_n):
    by_norm = np.lexsort((range(len(strength)), strength))
    return np.setdiff1d(np.arange(len(strength)), by_norm[:drop_n])


def widen(idx, total, extent):
    step = extent // total
    return (idx[:, None] * step + np.arange(step)[None, :]).reshape(-1)


def prune_structured(model, ratio, norm=1):
    ensure(ratio, norm)
    prunable = [at_layer for at_layer in range(len(model)) if isinstance(model[at_layer], (Linear, Conv2d))]

    # first pass: decide
    decisions = {}
    for at_layer in prunable:
        arr = model[at_layer].weight
        if at_layer == prunable[-1]:
            decisions[at_layer] = np.arange(len(arr))
        else:
            decisions[at_layer] = selection(row_norms(arr, norm), count_of(ratio, len(arr)))

    # second pass: build
    new = []
    idx, total = None, 0
    for at_layer, layer in enumerate(model):
        if at_layer in decisions:
            arr, b = layer.weight, layer.bias
            if idx is not None:
                arr = np.take(arr, widen(idx, total, arr.shape[1]), axis=1)
            idx, total = decisions[at_layer], len(arr)
            arr = np.take(arr, idx, axis=0)
            if b is not None:
                b = np.take(b, idx)
            if isinstance(layer, Conv2d):
                new.append(Conv2d(arr, b, stride=layer.stride, padding=layer.padding))
            else:
                new.append(Linear(arr, b))
        elif isinstance(layer, (BatchNorm1d, BatchNorm2d)) and idx is not None:
            cols = widen(idx, total, len(layer.weight))
            new.append(
                type(layer)(
                    np.take(layer.weight, cols),
                    np.take(layer.bias, cols),
                    np.take(layer.running_mean, cols),
                    np.take(layer.running_var, cols),
                    layer.eps,
                )
            )
        elif isinstance(layer, (MaxPool2d, AvgPool2d)):
            new.append(type(layer)(layer.kernel_size, layer.stride))
        else:
            new.append(copy.deepcopy(layer))

    masks = {}
    for at_layer, idx in decisions.items():
        marks = np.bincount(idx, minlength=len(model[at_layer].weight))
        masks[str(at_layer) + ".weight"] = marks
    return Sequential(new), masks
