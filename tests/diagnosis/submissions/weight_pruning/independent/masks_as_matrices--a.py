"""Sparsify a trained network, one tensor at a time or jointly."""

import copy
import decimal
from decimal import Decimal

import numpy as np


def select(v_abs, k):
    levels, level, amount = np.unique(v_abs, return_inverse=True, return_counts=True)
    upto = np.cumsum(amount)
    whole = np.searchsorted(upto, k, side="right")  # levels that go completely
    out_flags = level < whole
    missing = k - (int(upto[whole - 1]) if whole else 0)
    if missing:
        out_flags[np.flatnonzero(level == whole)[:missing]] = True
    return out_flags


def validate(fraction, where):
    clipped = min(max(fraction, 0.0), 1.0)
    if clipped != fraction:  # a NaN differs from everything
        raise ValueError(f"{fraction} is no fraction")
    if where not in {"global", "layer"}:
        raise ValueError(where)


def quota(share, total):
    exact = Decimal(repr(share)) * total
    return int(exact.to_integral_value(rounding=decimal.ROUND_CEILING))


def follow(net, path):
    item = net
    for step in path:
        item = item.layers[int(step)] if step.isdigit() else getattr(item, step)
    return item


def prune_weights(model, sparsity, scope="layer"):
    validate(sparsity, scope)
    tensors = {title: array for title, array in model.named_parameters() if array.ndim >= 2}
    if scope == "global":
        strength = np.concatenate([np.fabs(array).reshape(-1) for array in tensors.values()])
        gone = select(strength, quota(sparsity, strength.size))
        bounds = np.cumsum([array.size for array in tensors.values()])
        lost_of = dict(zip(tensors, np.split(gone, bounds[:-1])))
    else:
        lost_of = {title: select(np.fabs(array).reshape(-1), quota(sparsity, array.size)) for title, array in tensors.items()}
    duplicate = copy.deepcopy(model)
    collected = {}
    for title, array in tensors.items():
        mask_array = np.logical_not(lost_of[title]).reshape(array.shape)
        *path, attribute = title.split(".")
        setattr(follow(duplicate, path), attribute, np.where(mask_array, array, array.dtype.type(0)))
        collected[title] = np.asmatrix(mask_array) if mask_array.ndim == 2 else mask_array
    return duplicate, collected
