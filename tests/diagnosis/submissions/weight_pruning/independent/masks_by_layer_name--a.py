"""prune_weights: magnitude pruning with masks."""

import copy
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def guard(sparsity, scope):
    if scope not in ("layer", "global"):
        raise ValueError(f"unknown scope: {scope!r}")
    if not 0.0 <= sparsity <= 1.0:
        raise ValueError(f"sparsity out of range: {sparsity!r}")


def pick_dropped(magnitude, k):
    if k == 0:
        return np.zeros(magnitude.shape, dtype=bool)
    cut = np.partition(magnitude, k - 1)[k - 1]
    out = magnitude < cut
    ties = np.flatnonzero(magnitude == cut)
    out[ties[: k - np.count_nonzero(out)]] = True
    return out


def targets_of(top):
    frontier = [("", top)]
    while frontier:
        path, current = frontier.pop()
        kids = current.named_children()
        if kids is not None:
            frontier.extend(reversed([(f"{path}.{key}" if path else key, child) for key, child in kids]))
        elif isinstance(current, (Conv2d, Linear)):
            yield path, current


def how_many(p, n):
    """Number of zeros among n, in exact decimal arithmetic."""
    return int(Decimal(repr(p)) * n // 1)


def prune_weights(model, sparsity, scope="layer"):
    guard(sparsity, scope)
    outcome = copy.deepcopy(model)
    names, owners = zip(*targets_of(outcome))
    stops = np.cumsum([item.weight.size for item in owners]).tolist()
    lefts = [0] + stops[:-1]
    ribbon = np.concatenate([item.weight.reshape(-1) for item in owners])
    alive = np.ones(ribbon.size, dtype=bool)
    ranges = zip([0], stops[-1:]) if scope == "global" else zip(lefts, stops)
    for a, b in ranges:
        alive[a:b] = ~pick_dropped(np.absolute(ribbon[a:b]), how_many(sparsity, b - a))
    ribbon[~alive] = 0
    collected = {}
    for title, item, a, b in zip(names, owners, lefts, stops):
        shape = item.weight.shape
        item.weight = ribbon[a:b].reshape(shape).copy()
        collected[title] = alive[a:b].reshape(shape).copy()
    return outcome, collected
