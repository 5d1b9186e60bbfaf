"""Magnitude-based removal of neurons and feature maps."""

from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def selection(sizes, k):
    stays_on = np.full(len(sizes), True)
    if k:
        stays_on[np.argpartition(sizes, k - 1)[:k]] = False
    return stays_on


def strengths(a, norm):
    rows2d = a.astype(np.float64).reshape(a.shape[0], -1)
    if norm == 1:
        return np.abs(rows2d).sum(axis=1)
    return np.sqrt((rows2d * rows2d).sum(axis=1))


def count_of(ratio, channels_n):
    """How many of channels_n channels go, by the decimal digits of the ratio."""
    amount = Decimal(repr(ratio)) * channels_n
    k = int(amount)
    return k if k < channels_n else channels_n - 1


def blocks(prev_keep, extent):
    """One flag per channel, repeated for every feature of the channel."""
    return np.repeat(prev_keep, extent // prev_keep.size)


def prune_structured(model, ratio, norm=1):
    if ratio != ratio or ratio < 0.0 or ratio >= 1.0:
        raise ValueError("bad ratio: %r" % ratio)
    if norm not in {1, 2}:
        raise ValueError("bad norm: %r" % norm)
    slim = model.copy()
    where = [n_layer for n_layer, block in enumerate(slim.layers) if isinstance(block, (Linear, Conv2d))]
    masks = {}
    prev_keep = None
    for n_layer, block in enumerate(slim.layers):
        if n_layer in where:
            arr = block.weight
            if n_layer == where[-1]:
                keep = np.ones(arr.shape[0], dtype=bool)
            else:
                keep = selection(strengths(arr, norm), count_of(ratio, arr.shape[0]))
            masks[str(n_layer) + ".weight"] = keep
            if prev_keep is not None:
                arr = arr[:, blocks(prev_keep, arr.shape[1])]
            cc = np.flatnonzero(keep)
            block.weight = arr.take(cc, axis=0)
            block.bias = block.bias if block.bias is None else block.bias.take(cc)
            prev_keep = keep
        elif hasattr(block, "running_mean") and prev_keep is not None:
            inner = blocks(prev_keep, block.weight.size)
            masks[str(n_layer) + ".weight"] = inner
            for attr in ("weight", "bias", "running_mean", "running_var"):
                setattr(block, attr, getattr(block, attr)[inner])
    return slim, masks
