"""Sparsify a trained network, one tensor at a time or jointly."""

import copy
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def validate(sparsity, scope):
    if scope not in ("layer", "global"):
        raise ValueError(f"unknown scope: {scope!r}")
    if not 0.0 <= sparsity <= 1.0:
        raise ValueError(f"sparsity out of range: {sparsity!r}")


def share_of(p, n):
    """Number of zeros among n, in precise decimal arithmetic."""
    return int(Decimal(repr(p)) * n // 1)


def mark_small(values, k):
    n = values.size
    descending = np.sort(values)[::-1]
    least = descending[n - k - 1]
    living_flags = values > least
    room = max(n - k - np.count_nonzero(living_flags), 0)
    living_flags[np.flatnonzero(values == least)[:room]] = True
    return ~living_flags


def prunable(net):
    for where_it_is, layer in net.named_modules():
        if isinstance(layer, (Linear, Conv2d)):
            yield where_it_is, layer


def prune_weights(model, sparsity, scope="layer"):
    validate(sparsity, scope)
    slim = copy.deepcopy(model)
    names, holders = zip(*prunable(slim))
    stops = np.cumsum([thing.weight.size for thing in holders]).tolist()
    lefts = [0] + stops[:-1]
    ribbon = np.concatenate([thing.weight.reshape(-1) for thing in holders])
    alive = np.ones(ribbon.size, dtype=bool)
    windows = zip([0], stops[-1:]) if scope == "global" else zip(lefts, stops)
    for a, b in windows:
        alive[a:b] = ~mark_small(abs(ribbon[a:b]), share_of(sparsity, b - a))
    ribbon[~alive] = 0
    book = {}
    for label, thing, a, b in zip(names, holders, lefts, stops):
        shape = thing.weight.shape
        thing.weight = ribbon[a:b].reshape(shape).copy()
        book[".".join((label, "weight"))] = alive[a:b].reshape(shape).copy()
    return slim, book
