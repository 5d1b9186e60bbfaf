"""Make a network narrower: prune_structured(model, ratio, norm)."""

import copy
import math
from decimal import Decimal
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Sequential


def tail_of(todo, position, final, inflow, ratio, norm):
    """The layers from ``position`` on, made smaller, and their masks; ``inflow``: (kept, of how many) or None."""
    if position == len(todo):
        return [], {}
    clone = copy.copy(todo[position])
    found = {}
    if isinstance(clone, (Linear, Conv2d)):
        full = todo[position].weight
        full_size = full.shape[0]
        if position == final:
            stay = np.arange(full_size)
        else:
            stay = np.asarray(winners(_measure(full, norm), drop_count(ratio, full_size)))
        if inflow is None:
            clone.weight = np.take(full, stay, axis=0)
        else:
            columns = unroll(inflow, full.shape[1])
            clone.weight = np.take(np.take(full, columns, axis=1), stay, axis=0)
        if clone.bias is not None:
            clone.bias = np.take(clone.bias, stay)
        found[f"{position}.weight"] = np.isin(np.arange(full_size), stay)
        inflow = (stay, full_size)
    elif isinstance(clone, (BatchNorm1d, BatchNorm2d)) and inflow is not None:
        entries = unroll(inflow, clone.weight.shape[0])
        clone.weight = np.take(clone.weight, entries)
        clone.bias = np.take(clone.bias, entries)
        clone.running_mean = np.take(clone.running_mean, entries)
        clone.running_var = np.take(clone.running_var, entries)
    others, more = tail_of(todo, position + 1, final, inflow, ratio, norm)
    return [clone] + others, {**found, **more}


def unroll(inflow, size):
    stay, full_size = inflow
    per = size // full_size
    return np.arange(size).reshape(full_size, per)[stay].reshape(-1)


def prune_structured(model, ratio, norm=1):
    if norm not in (1, 2) or not (0.0 <= ratio < 1.0):
        raise ValueError(f"cannot prune with ratio={ratio!r}, norm={norm!r}")
    todo = tuple(model.layers)
    final = len(todo) - 1
    while not isinstance(todo[final], (Linear, Conv2d)):
        final -= 1
    done, masks = tail_of(todo, 0, final, None, ratio, norm)
    return Sequential(done), masks


def drop_count(ratio, n):
    wanted = math.floor(Decimal(repr(ratio)) * Decimal(n))
    if wanted >= n:
        wanted = n - 1
    return wanted


def _measure(weight, norm):
    power = np.abs(weight.astype(float)) ** norm
    return power.reshape(power.shape[0], -1).sum(axis=1) ** (1.0 / norm)


def winners(scores, k):
    return np.argsort(scores, kind="stable")[k:]
