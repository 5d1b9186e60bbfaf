"""Magnitude-based removal of neurons and feature maps."""

import math
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def measure(tensor, norm):
    return np.array([np.linalg.norm(one_filter.astype(np.float64).ravel(), norm) for one_filter in tensor])


def pick(sizes, cut_n):
    true_where = np.ones(len(sizes), dtype=bool)
    true_where[np.argsort(sizes, kind="stable")[:cut_n]] = False
    return true_where


count_of = lambda ratio, full: min(math.floor(Decimal(repr(ratio)) * full), full - 1)


def unfold(incoming, extent):
    """One flag per channel, repeated for every feature of the channel."""
    chunk = extent // incoming.size
    return np.tile(incoming[:, None], (1, chunk)).ravel()


def prune_structured(model, ratio, norm=1, flags_by_name={}):
    if ratio != ratio or ratio < 0.0 or ratio >= 1.0:
        raise ValueError("bad ratio: %r" % ratio)
    if norm not in {1, 2}:
        raise ValueError("bad norm: %r" % norm)
    slim = model.copy()
    weighted = []
    for pos, op in enumerate(slim):
        if isinstance(op, Linear) or isinstance(op, Conv2d):
            weighted.append(pos)
    incoming = None
    for pos, op in enumerate(slim.layers):
        if pos in weighted:
            arr = op.weight
            own = np.ones(len(arr), dtype=bool)
            if pos < max(weighted):
                cut_n = count_of(ratio, len(arr))
                own = pick(measure(arr, norm), cut_n)
            flags_by_name[f"{pos}.weight"] = own
            if incoming is not None:
                arr = arr[:, unfold(incoming, arr.shape[1])]
            op.weight = arr[own]
            if op.bias is not None:
                op.bias = op.bias[own]
            incoming = own
        elif type(op).__name__.startswith("BatchNorm") and incoming is not None:
            sel = unfold(incoming, op.weight.size)
            op.weight, op.bias = op.weight[sel], op.bias[sel]
            op.running_mean = op.running_mean[sel]
            op.running_var = op.running_var[sel]
    return slim, flags_by_name
