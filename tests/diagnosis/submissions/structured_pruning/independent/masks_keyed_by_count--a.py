"""Returns a slimmer copy of a network together with the masks of what stayed."""

import copy
import math
from decimal import Decimal

import numpy as np

from judge.nn import AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, Linear, MaxPool2d, Sequential


def ensure(ratio, norm):
    if math.isnan(ratio) or math.isinf(ratio):
        raise ValueError("ratio is not finite")
    if ratio < 0 or ratio >= 1:
        raise ValueError("ratio is outside [0, 1)")
    if norm != 1 and norm != 2:
        raise ValueError("unknown norm")


def measure(wts, norm):
    others = tuple(range(1, wts.ndim))
    powers = np.abs(wts.astype("float64")) ** norm
    return powers.sum(axis=others) ** (1 / norm)


def weakest_out(scores, few):
    level = np.argsort(np.argsort(scores, kind="stable"))
    return np.flatnonzero(level >= few)


quota = lambda ratio, channels_n: min(math.floor(Decimal(repr(ratio)) * channels_n), channels_n - 1)


def per_feature(idx, total, length):
    return np.flatnonzero(np.isin(np.arange(length) // (length // total), idx))


def prune_structured(model, ratio, norm=1):
    ensure(ratio, norm)
    spots = [i for i in range(len(model)) if isinstance(model[i], (Linear, Conv2d))]

    # first pass: decide
    schedule = {
        i: weakest_out(measure(model[i].weight, norm), quota(ratio, len(model[i].weight)))
        for i in spots[:-1]
    }
    schedule[spots[-1]] = np.arange(len(model[spots[-1]].weight))

    # second pass: build
    pieces = []
    idx, total = None, 0
    for i, block in enumerate(model):
        if i in schedule:
            arr, offset = block.weight, block.bias
            if idx is not None:
                arr = np.take(arr, per_feature(idx, total, arr.shape[1]), axis=1)
            idx, total = schedule[i], len(arr)
            arr = np.take(arr, idx, axis=0)
            if offset is not None:
                offset = np.take(offset, idx)
            if isinstance(block, Conv2d):
                pieces.append(Conv2d(arr, offset, stride=block.stride, padding=block.padding))
            else:
                pieces.append(Linear(arr, offset))
        elif type(block) in {BatchNorm1d, BatchNorm2d} and idx is not None:
            sel = per_feature(idx, total, len(block.weight))
            pieces.append(
                type(block)(
                    *(getattr(block, field)[sel] for field in ("weight", "bias", "running_mean", "running_var")),
                    eps=block.eps,
                )
            )
        elif isinstance(block, (MaxPool2d, AvgPool2d)):
            pieces.append(type(block)(block.kernel_size, block.stride))
        else:
            pieces.append(copy.deepcopy(block))

    flags_by_name = {}
    for ordinal, (i, idx) in enumerate(schedule.items()):
        bits = np.zeros(len(model[i].weight), dtype=bool)
        bits[idx] = True
        flags_by_name[str(ordinal) + ".weight"] = bits
    return Sequential(pieces), flags_by_name
