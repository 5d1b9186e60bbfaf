"""Cut weak filters out of a network, layer by layer."""

import copy
from decimal import Decimal
import numpy as np

from judge import nn


def descend(todo, position, last, upstream, ratio, norm):
    """The layers from ``position`` on, made smaller, and their masks; ``upstream``: (kept, of how many) or None."""
    if position == len(todo):
        return [], {}
    twin = copy.copy(todo[position])
    found = {}
    if isinstance(twin, (nn.Linear, nn.Conv2d)):
        full = todo[position].weight
        total = full.shape[0]
        if position == last:
            good = np.arange(total)
        else:
            good = np.asarray(kept_indices(strengths(full, norm), drop_count(ratio, total)))
        if upstream is None:
            twin.weight = np.take(full, good, axis=0)
        else:
            columns = stretch(upstream, full.shape[1])
            twin.weight = np.take(np.take(full, columns, axis=1), good, axis=0)
        if twin.bias is not None:
            twin.bias = np.take(twin.bias, good)
        found[f"{position}.weight"] = np.isin(np.arange(total), good)
        upstream = (good, total)
    elif isinstance(twin, (nn.BatchNorm1d, nn.BatchNorm2d)) and upstream is not None:
        entries = stretch(upstream, twin.weight.shape[0])
        twin.weight = np.take(twin.weight, entries)
        twin.bias = np.take(twin.bias, entries)
        twin.running_mean = np.take(twin.running_mean, entries)
        twin.running_var = np.take(twin.running_var, entries)
    others, more = descend(todo, position + 1, last, upstream, ratio, norm)
    return [twin] + others, {**found, **more}


def stretch(upstream, size):
    good, total = upstream
    per = size // total
    return np.arange(size).reshape(total, per)[good].reshape(-1)


def prune_structured(model, ratio, norm=1):
    if norm not in (1, 2) or not (0.0 <= ratio < 1.0):
        raise ValueError(f"cannot prune with ratio={ratio!r}, norm={norm!r}")
    todo = tuple(model.layers)
    last = len(todo) - 1
    while last >= 0 and not isinstance(todo[last], nn.Linear):
        last -= 1
    done, masks = descend(todo, 0, last, None, ratio, norm)
    return nn.Sequential(done), masks


def strengths(weight, norm):
    power = np.abs(weight.astype(float)) ** norm
    return power.reshape(power.shape[0], -1).sum(axis=1) ** (1.0 / norm)


def drop_count(ratio, n):
    """How many of ``n`` go."""
    top, bottom = Decimal(repr(ratio)).as_integer_ratio()
    return min(top * n // bottom, n - 1)


def kept_indices(scores, k):
    return np.sort(np.argsort(scores, kind="stable")[k:])
