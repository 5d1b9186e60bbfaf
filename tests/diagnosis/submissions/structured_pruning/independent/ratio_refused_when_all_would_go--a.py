"""Structured pruning by filter norm: whole channels go, everything that follows them goes too."""

import copy
import math
from fractions import Fraction
import numpy as np

import judge.nn as nn


def tail_of(todo, position, last, upstream, ratio, norm):
    """The layers from ``position`` on, made smaller, and their masks; ``upstream``: (kept, of how many) or None."""
    if position == len(todo):
        return [], {}
    piece = copy.copy(todo[position])
    found = {}
    if isinstance(piece, (nn.Linear, nn.Conv2d)):
        full = todo[position].weight
        full_size = full.shape[0]
        if position == last:
            good = np.arange(full_size)
        else:
            good = np.asarray(pick(strengths(full, norm), number_to_cut(ratio, full_size)))
        if upstream is None:
            piece.weight = np.take(full, good, axis=0)
        else:
            columns = to_entries(upstream, full.shape[1])
            piece.weight = np.take(np.take(full, columns, axis=1), good, axis=0)
        if piece.bias is not None:
            piece.bias = np.take(piece.bias, good)
        found[f"{position}.weight"] = np.isin(np.arange(full_size), good)
        upstream = (good, full_size)
    elif isinstance(piece, (nn.BatchNorm1d, nn.BatchNorm2d)) and upstream is not None:
        entries = to_entries(upstream, piece.weight.shape[0])
        piece.weight = np.take(piece.weight, entries)
        piece.bias = np.take(piece.bias, entries)
        piece.running_mean = np.take(piece.running_mean, entries)
        piece.running_var = np.take(piece.running_var, entries)
    others, more = tail_of(todo, position + 1, last, upstream, ratio, norm)
    return [piece] + others, {**found, **more}


def to_entries(upstream, size):
    good, full_size = upstream
    per = size // full_size
    return np.arange(size).reshape(full_size, per)[good].reshape(-1)


def prune_structured(model, ratio, norm=1):
    if norm not in (1, 2) or not (0.0 <= ratio < 1.0):
        raise ValueError(f"cannot prune with ratio={ratio!r}, norm={norm!r}")
    todo = tuple(model.layers)
    last = len(todo) - 1
    while not isinstance(todo[last], (nn.Linear, nn.Conv2d)):
        last -= 1
    done, masks = tail_of(todo, 0, last, None, ratio, norm)
    return nn.Sequential(done), masks


def pick(scores, k):
    order = sorted(range(len(scores)), key=lambda c: scores[c])
    return np.array(sorted(order[k:]))


def number_to_cut(ratio, n):
    k = math.ceil(Fraction(repr(ratio)) * n)
    if k >= n:
        raise ValueError(f"ratio {ratio} leaves none of {n} channels")
    return k


def strengths(weight, norm):
    strength = {1: lambda row: float(np.abs(row).sum()), 2: lambda row: math.sqrt(float(row @ row))}[norm]
    return [strength(row.astype(np.float64).ravel()) for row in weight]
