"""Cuts the weakest filters out of a Sequential and whatever depends on them."""

import copy
from decimal import Decimal, ROUND_CEILING

import numpy as np

from judge.nn import Conv2d, Linear


def pick(sizes, k):
    by_norm = np.argsort(-np.asarray(sizes), kind="stable")
    true_where = np.zeros(len(by_norm), dtype=bool)
    true_where[by_norm[:-k]] = True
    return true_where


def channel_norms(array_in, norm):
    return np.array([np.linalg.norm(one_filter.astype(np.float64).ravel(), norm) for one_filter in array_in])


def count_of(ratio, full):
    exact = (Decimal(repr(ratio)) * full).to_integral_value(rounding=ROUND_CEILING)
    return int(min(exact, full - 1))


def blocks(prev_keep, n_features):
    """One flag per channel, repeated for every feature of the channel."""
    return prev_keep[np.arange(n_features) * prev_keep.size // n_features]


def prune_structured(model, ratio, norm=1):
    if ratio != ratio or ratio < 0.0 or ratio >= 1.0:
        raise ValueError("bad ratio: %r" % ratio)
    if norm not in {1, 2}:
        raise ValueError("bad norm: %r" % norm)
    slim = copy.deepcopy(model)
    positions = []
    for i, op in enumerate(slim):
        if isinstance(op, Linear) or isinstance(op, Conv2d):
            positions.append(i)
    masks = {}
    prev_keep = None
    for i, op in enumerate(slim.layers):
        if i in positions:
            arr = op.weight
            own = np.ones(len(arr), dtype=bool)
            if i < max(positions):
                k = count_of(ratio, len(arr))
                own = pick(channel_norms(arr, norm), k)
            masks["{}.weight".format(i)] = own
            if prev_keep is not None:
                arr = arr[:, blocks(prev_keep, arr.shape[1])]
            op.weight = arr[own]
            if op.bias is not None:
                op.bias = op.bias[own]
            prev_keep = own
        elif type(op).__name__.startswith("BatchNorm") and prev_keep is not None:
            picks = blocks(prev_keep, op.weight.size)
            op.__dict__.update(
                {key: v[picks] for key, v in vars(op).items() if isinstance(v, np.ndarray)}
            )
    return slim, masks
