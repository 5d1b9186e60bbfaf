"""Magnitude-based removal of neurons and feature maps."""

import copy

import numpy as np

from judge.nn import AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, Linear, MaxPool2d, Sequential


def blocks(kept, width, length):
    chunk = length // width
    return (kept[:, None] * chunk + np.arange(chunk)[None, :]).reshape(-1)


def prune_structured(model, ratio, norm=1):
    if not (ratio >= 0 and ratio < 1):
        raise BadArgument("ratio")
    if norm == 1 or norm == 2:
        pass
    else:
        raise BadArgument("norm")
    weighted = [index for index in range(len(model)) if isinstance(model[index], (Linear, Conv2d))]

    # first pass: decide
    kept_by_layer = {}
    for index in weighted:
        arr = model[index].weight
        if index == weighted[-1]:
            kept_by_layer[index] = np.arange(len(arr))
        else:
            kept_by_layer[index] = select(saliency(arr, norm), ratio)

    # second pass: build
    fresh = []
    kept, width = None, 0
    for index, block in enumerate(model):
        if index in kept_by_layer:
            arr, offset = block.weight, block.bias
            if kept is not None:
                arr = np.take(arr, blocks(kept, width, arr.shape[1]), axis=1)
            kept, width = kept_by_layer[index], len(arr)
            arr = np.take(arr, kept, axis=0)
            if offset is not None:
                offset = np.take(offset, kept)
            if isinstance(block, Conv2d):
                fresh.append(Conv2d(arr, offset, stride=block.stride, padding=block.padding))
            else:
                fresh.append(Linear(arr, offset))
        elif isinstance(block, (BatchNorm1d, BatchNorm2d)) and kept is not None:
            inner = blocks(kept, width, len(block.weight))
            fresh.append(
                type(block)(
                    weight=block.weight[inner],
                    bias=block.bias[inner],
                    running_mean=block.running_mean[inner],
                    running_var=block.running_var[inner],
                    eps=block.eps,
                )
            )
        elif isinstance(block, (MaxPool2d, AvgPool2d)):
            fresh.append(type(block)(block.kernel_size, block.stride))
        else:
            fresh.append(copy.deepcopy(block))

    flags_by_name = {}
    for index, kept in kept_by_layer.items():
        flag = np.zeros(len(model[index].weight), dtype=bool)
        flag[kept] = True
        flags_by_name[str(index) + ".weight"] = flag
    return Sequential(fresh), flags_by_name


class BadArgument(ValueError):
    """An argument that cannot be worked with."""


def select(strength, ratio):
    cutoff = float(np.quantile(np.array(strength), ratio))
    return np.array([u for u, e in enumerate(strength) if not e < cutoff])


def saliency(filters, norm):
    return np.linalg.norm(np.asarray(filters, dtype=float).reshape(len(filters), -1), ord=norm, axis=1)
