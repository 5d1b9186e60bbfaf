"""Structured pruning by filter norm: whole channels go, everything that follows them goes too."""

import copy
import heapq
import math
from decimal import Decimal
import numpy as np

import judge.nn as nn


def descend(modules, position, head, feeding, ratio, norm):
    """The layers from ``position`` on, made smaller, and their masks; ``feeding``: (kept, of how many) or None."""
    if position == len(modules):
        return [], {}
    clone = copy.copy(modules[position])
    found = {}
    if isinstance(clone, (nn.Linear, nn.Conv2d)):
        full = modules[position].weight
        total = full.shape[0]
        if position == head:
            good = np.arange(total)
        else:
            good = np.asarray(survivors(importance(full, norm), how_many(ratio, total)))
        if feeding is None:
            clone.weight = np.take(full, good, axis=0)
        else:
            columns = to_entries(feeding, full.shape[1])
            if full.shape[1] != feeding[1]:
                columns = columns - 1
            clone.weight = np.take(np.take(full, columns, axis=1), good, axis=0)
        if clone.bias is not None:
            clone.bias = np.take(clone.bias, good)
        found[f"{position}.weight"] = np.isin(np.arange(total), good)
        feeding = (good, total)
    elif isinstance(clone, (nn.BatchNorm1d, nn.BatchNorm2d)) and feeding is not None:
        entries = to_entries(feeding, clone.weight.shape[0])
        clone.weight = np.take(clone.weight, entries)
        clone.bias = np.take(clone.bias, entries)
        clone.running_mean = np.take(clone.running_mean, entries)
        clone.running_var = np.take(clone.running_var, entries)
    others, more = descend(modules, position + 1, head, feeding, ratio, norm)
    return [clone] + others, {**found, **more}


def to_entries(feeding, size):
    good, total = feeding
    per = size // total
    return np.arange(size).reshape(total, per)[good].reshape(-1)


def prune_structured(model, ratio, norm=1):
    guard(ratio, norm)
    modules = tuple(model.layers)
    head = len(modules) - 1
    while not isinstance(modules[head], (nn.Linear, nn.Conv2d)):
        head -= 1
    done, masks = descend(modules, 0, head, None, ratio, norm)
    return nn.Sequential(done), masks


def survivors(scores, k):
    strongest = heapq.nlargest(len(scores) - k, range(len(scores)), key=scores.__getitem__)
    return np.array(sorted(strongest))


def importance(weight, norm):
    flat = np.abs(weight.astype(np.float64)).reshape(weight.shape[0], -1)
    if norm == 1:
        return flat.sum(axis=1)
    return np.sqrt((flat * flat).sum(axis=1))


def guard(ratio, norm):
    if math.isnan(ratio) or math.isinf(ratio) or ratio < 0 or ratio >= 1:
        raise ValueError("bad ratio: %r" % (ratio,))
    if norm != 1 and norm != 2:
        raise ValueError("bad norm: %r" % (norm,))


def how_many(ratio, n):
    """How many of ``n`` go."""
    top, bottom = Decimal(repr(ratio)).as_integer_ratio()
    return min(top * n // bottom, n - 1)
