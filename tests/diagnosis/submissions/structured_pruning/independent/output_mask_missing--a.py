"""Removes whole output channels from a network by the norm of their weights."""

import math
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def unfold(previous, extent):
    """One flag per channel, repeated for every feature of the channel."""
    return previous[np.arange(extent) * previous.size // extent]


def prune_structured(model, ratio, norm=1):
    ensure(ratio, norm)
    result = model.copy()
    weighted = []
    for p, block in enumerate(result):
        if isinstance(block, Linear) or isinstance(block, Conv2d):
            weighted.append(p)
    out_masks = {}
    previous = None
    for p, block in enumerate(result.layers):
        if p in weighted:
            matrix = block.weight
            if p == weighted[-1]:
                retained = np.ones(len(matrix), dtype=np.bool_)
            else:
                retained = select(filter_norms(matrix, norm), quota(ratio, matrix.shape[0]))
                out_masks["%d.weight" % p] = retained
            if previous is not None:
                matrix = matrix[:, unfold(previous, matrix.shape[1])]
            block.weight = np.compress(retained, matrix, axis=0)
            if isinstance(block.bias, np.ndarray):
                block.bias = np.compress(retained, block.bias)
            previous = retained
        elif hasattr(block, "running_mean") and previous is not None:
            features = unfold(previous, block.weight.size)
            for attr in ("weight", "bias", "running_mean", "running_var"):
                setattr(block, attr, getattr(block, attr)[features])
    return result, out_masks


def ensure(ratio, norm):
    if math.isnan(ratio) or math.isinf(ratio):
        raise ValueError("ratio is not finite")
    if ratio < 0 or ratio >= 1:
        raise ValueError("ratio is outside [0, 1)")
    if norm != 1 and norm != 2:
        raise ValueError("unknown norm")


def filter_norms(wts, norm):
    return np.array([np.linalg.norm(row.astype(np.float64).ravel(), norm) for row in wts])


def quota(ratio, channels_n):
    x = round(Decimal(repr(ratio)) * channels_n)
    if x >= channels_n:
        x = channels_n - 1
    return x


def select(norms, removed_n):
    mark = np.full(len(norms), True)
    if removed_n:
        mark[np.argpartition(norms, removed_n - 1)[:removed_n]] = False
    return mark
