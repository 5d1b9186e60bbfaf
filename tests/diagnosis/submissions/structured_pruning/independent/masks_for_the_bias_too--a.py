"""Makes a narrower network by dropping low-norm neurons and filters."""

import copy
import math
from fractions import Fraction

import numpy as np

from judge.nn import AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, Linear, MaxPool2d, Sequential


def check(cond, message):
    if not cond:
        raise ValueError(message)


def choose_channels(sizes, removed_n):
    ranks = np.argsort(np.argsort(sizes, kind="stable"))
    return np.flatnonzero(ranks >= removed_n)


def how_many(ratio, full):
    return min(int(Fraction(repr(ratio)) * full), full - 1)


def row_norms(filters, norm):
    res = []
    for filt in filters:
        flat = [abs(e) for e in filt.ravel().tolist()]
        if norm == 1:
            res.append(math.fsum(flat))
        else:
            res.append(math.sqrt(math.fsum(e * e for e in flat)))
    return res


def features_of(remaining, before, size):
    per_channel = size // before
    return (remaining[:, None] * per_channel + np.arange(per_channel)[None, :]).reshape(-1)


def prune_structured(model, ratio, norm=1):
    check(norm in [1, 2], "only the norms 1 and 2 are known")
    check(0.0 <= ratio < 1.0, "ratio must be at least 0 and below 1")
    prunable = [i for i, lay in enumerate(model.layers) if type(lay) in (Linear, Conv2d)]

    # first pass: decide
    choice = dict.fromkeys(prunable)
    for i, lay in ((t, model[t]) for t in prunable):
        full = lay.weight.shape[0]
        choice[i] = np.array(range(full))
        if i != prunable[-1]:
            choice[i] = choose_channels(row_norms(lay.weight, norm), how_many(ratio, full))

    # second pass: build
    built = []
    remaining, before = None, 0
    for i, lay in enumerate(model):
        if i in choice:
            arr, shift = lay.weight, lay.bias
            if remaining is not None:
                arr = np.take(arr, features_of(remaining, before, arr.shape[1]), axis=1)
            remaining, before = choice[i], len(arr)
            arr = arr[remaining]
            shift = shift[remaining] if shift is not None else None
            if isinstance(lay, Conv2d):
                built.append(Conv2d(arr, shift, stride=lay.stride, padding=lay.padding))
            else:
                built.append(Linear(arr, shift))
        elif isinstance(lay, (BatchNorm1d, BatchNorm2d)) and remaining is not None:
            sel = features_of(remaining, before, len(lay.weight))
            built.append(
                type(lay)(
                    np.take(lay.weight, sel),
                    np.take(lay.bias, sel),
                    np.take(lay.running_mean, sel),
                    np.take(lay.running_var, sel),
                    lay.eps,
                )
            )
        elif isinstance(lay, (MaxPool2d, AvgPool2d)):
            built.append(type(lay)(lay.kernel_size, lay.stride))
        else:
            built.append(copy.deepcopy(lay))

    out_masks = {}
    for i, remaining in choice.items():
        marks = np.bincount(remaining, minlength=len(model[i].weight))
        out_masks[str(i) + ".weight"] = marks
        if model[i].bias is not None:
            out_masks[str(i) + ".bias"] = marks.copy()
    return Sequential(built), out_masks
