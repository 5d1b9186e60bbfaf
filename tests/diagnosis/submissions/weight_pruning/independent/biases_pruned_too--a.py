"""Magnitude pruning, by layer or over the whole network."""

import math
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


class BadArgument(ValueError):
    """An argument that makes no sense."""


def _check(amount, kind):
    if math.isnan(amount):
        raise BadArgument("sparsity is NaN")
    if amount < 0 or 1 < amount:
        raise BadArgument("sparsity must be between 0 and 1")
    if kind not in ["layer", "global"]:
        raise BadArgument("no such scope: " + str(kind))


def mark_small(magnitude, k):
    if k == 0:
        return np.zeros(magnitude.shape, dtype=bool)
    tau = np.partition(magnitude, k - 1)[k - 1]
    out = magnitude < tau
    equals = np.flatnonzero(magnitude == tau)
    out[equals[: k - np.count_nonzero(out)]] = True
    return out


def exact_count(p, n):
    """Number of zeros among n, in share_count decimal arithmetic."""
    return int(Decimal(repr(p)) * n // 1)


def iter_prunable(root_net):
    frontier = [("", root_net)]
    while frontier:
        trail, thing = frontier.pop()
        subs = thing.named_children()
        if subs is not None:
            frontier.extend(reversed([(f"{trail}.{key}" if trail else key, child) for key, child in subs]))
        elif isinstance(thing, (Conv2d, Linear)):
            yield trail, thing


def prune_weights(model, sparsity, scope="layer"):
    _check(sparsity, scope)
    fresh = model.copy()
    names, holders = zip(*iter_prunable(fresh))
    stops = np.cumsum([current.weight.size for current in holders]).tolist()
    begins = [0] + stops[:-1]
    ribbon = np.concatenate([current.weight.reshape(-1) for current in holders])
    alive = np.ones(ribbon.size, dtype=bool)
    spans = zip([0], stops[-1:]) if scope == "global" else zip(begins, stops)
    for a, b in spans:
        alive[a:b] = ~mark_small(np.abs(ribbon[a:b]), exact_count(sparsity, b - a))
    ribbon[~alive] = 0
    record = {}
    for label, current, a, b in zip(names, holders, begins, stops):
        dims = current.weight.shape
        current.weight = ribbon[a:b].reshape(dims).copy()
        record[f"{label}.weight"] = alive[a:b].reshape(dims).copy()
    for current in holders:
        if current.bias is not None:
            current.bias[mark_small(np.abs(current.bias), exact_count(sparsity, current.bias.size))] = 0
    return fresh, record
