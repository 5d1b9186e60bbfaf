"""Structured pruning: a smaller dense network and one mask per prunable layer."""

import copy
import math
from decimal import Decimal, ROUND_CEILING

import numpy as np

from judge.nn import AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, Linear, MaxPool2d, Sequential


def strengths(tensor, norm):
    norm_fn = (lambda one_filter: np.sum(np.abs(one_filter))) if norm == 1 else (lambda one_filter: np.sqrt(np.sum(one_filter**2)))
    return [float(norm_fn(one_filter)) for one_filter in tensor.astype(np.double)]


def how_many(ratio, channels_n):
    x = (Decimal(repr(ratio)) * channels_n).to_integral_value(rounding=ROUND_CEILING)
    return int(min(x, channels_n - 1))


def select(strength, cut_n):
    asc = np.lexsort((range(len(strength)), strength))
    return np.setdiff1d(np.arange(len(strength)), asc[:cut_n])


def spread(kept, total, extent):
    return np.flatnonzero(np.isin(np.arange(extent) // (extent // total), kept))


def prune_structured(model, ratio, norm=1):
    valid = math.isfinite(ratio) and 0 <= ratio < 1 and norm in (1, 2)
    if not valid:
        raise ValueError("prune_structured(model, ratio in [0, 1), norm 1 or 2)")
    positions = [n_layer for n_layer in range(len(model)) if isinstance(model[n_layer], (Linear, Conv2d))]

    # first pass: decide
    plan = {}
    for n_layer in positions:
        arr = model[n_layer].weight
        if n_layer == positions[-1]:
            plan[n_layer] = np.arange(len(arr))
        else:
            plan[n_layer] = select(strengths(arr, norm), how_many(ratio, len(arr)))

    # second pass: build
    stack = []
    kept, total = None, 0
    for n_layer, block in enumerate(model):
        if n_layer in plan:
            arr, b = block.weight, block.bias
            if kept is not None:
                arr = np.take(arr, spread(kept, total, arr.shape[1]), axis=1)
            kept, total = plan[n_layer], len(arr)
            arr = np.take(arr, kept, axis=0)
            if b is not None:
                b = np.take(b, kept)
            if isinstance(block, Conv2d):
                stack.append(Conv2d(arr, b, stride=block.stride, padding=block.padding))
            else:
                stack.append(Linear(arr, b))
        elif type(block) in {BatchNorm1d, BatchNorm2d} and kept is not None:
            sel = spread(kept, total, len(block.weight))
            stack.append(
                type(block)(
                    *(getattr(block, attr)[sel] for attr in ("weight", "bias", "running_mean", "running_var")),
                    eps=block.eps,
                )
            )
        elif isinstance(block, (MaxPool2d, AvgPool2d)):
            stack.append(type(block)(block.kernel_size))
        else:
            stack.append(copy.deepcopy(block))

    out_masks = {}
    for n_layer, kept in plan.items():
        marks = np.zeros(len(model[n_layer].weight), dtype=bool)
        marks[kept] = True
        out_masks[str(n_layer) + ".weight"] = marks
    return Sequential(stack), out_masks
