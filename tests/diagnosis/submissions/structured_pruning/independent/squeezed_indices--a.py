"""Structured pruning by filter norm: whole channels go, everything that follows them goes too."""

import copy
import math
from decimal import ROUND_FLOOR, Decimal
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Sequential


def rec(modules, position, head, feeding, ratio, norm):
    """The layers from ``position`` on, made smaller, and their masks; ``feeding``: (kept, of how many) or None."""
    if position == len(modules):
        return [], {}
    twin = copy.copy(modules[position])
    found = {}
    if isinstance(twin, (Linear, Conv2d)):
        full = modules[position].weight
        full_size = full.shape[0]
        if position == head:
            good = np.arange(full_size)
        else:
            good = np.asarray(winners(filter_norms(full, norm), drop_count(ratio, full_size)))
        if feeding is None:
            twin.weight = np.take(full, good, axis=0)
        else:
            columns = stretch(feeding, full.shape[1])
            twin.weight = np.take(np.take(full, columns, axis=1), good, axis=0)
        if twin.bias is not None:
            twin.bias = np.take(twin.bias, good)
        found[f"{position}.weight"] = np.isin(np.arange(full_size), good)
        feeding = (good, full_size)
    elif isinstance(twin, (BatchNorm1d, BatchNorm2d)) and feeding is not None:
        entries = stretch(feeding, twin.weight.shape[0])
        twin.weight = np.take(twin.weight, entries)
        twin.bias = np.take(twin.bias, entries)
        twin.running_mean = np.take(twin.running_mean, entries)
        twin.running_var = np.take(twin.running_var, entries)
    others, more = rec(modules, position + 1, head, feeding, ratio, norm)
    return [twin] + others, {**found, **more}


def stretch(feeding, size):
    good, full_size = feeding
    per = size // full_size
    return np.arange(size).reshape(full_size, per)[good].reshape(-1)


def prune_structured(model, ratio, norm=1):
    refuse_bad(ratio, norm)
    modules = tuple(model.layers)
    head = len(modules) - 1
    while not isinstance(modules[head], (Linear, Conv2d)):
        head -= 1
    done, masks = rec(modules, 0, head, None, ratio, norm)
    return Sequential(done), masks


def winners(scores, k):
    ranks = np.argsort(np.argsort(scores))
    return np.argwhere(ranks >= k).squeeze()


def filter_norms(weight, norm):
    wide = weight.reshape(weight.shape[0], -1).astype(np.float64)
    return np.abs(wide).sum(axis=-1) if norm == 1 else np.sqrt(np.einsum("ij,ij->i", wide, wide))


def refuse_bad(ratio, norm):
    problems = []
    if not math.isfinite(ratio) or not 0 <= ratio < 1:
        problems.append("ratio")
    if norm not in [1, 2]:
        problems.append("norm")
    if problems:
        raise ValueError("invalid: " + ", ".join(problems))


def drop_count(ratio, n):
    exact = Decimal(repr(ratio)) * n
    return min(int(exact.to_integral_value(rounding=ROUND_FLOOR)), n - 1)
