"""Structured pruning by filter norm: whole channels go, everything that follows them goes too."""

import copy
import math
from fractions import Fraction
import numpy as np

import judge.nn as nn


def strengths(weight, norm):
    flat = weight.reshape(len(weight), -1)
    if norm == 1:
        return np.abs(flat).sum(axis=1, dtype=np.float64)
    return np.sqrt(np.square(flat).sum(axis=1, dtype=np.float64))


def winners(scores, k):
    ranking = np.lexsort((np.arange(len(scores)), np.asarray(scores)))
    return np.setdiff1d(np.arange(len(scores)), ranking[:k])


def _verify(ratio, norm):
    problems = []
    if not math.isfinite(ratio) or not 0 <= ratio < 1:
        problems.append("ratio")
    if norm not in [1, 2]:
        problems.append("norm")
    if problems:
        raise ValueError("invalid: " + ", ".join(problems))


def how_many(ratio, n):
    top, bottom = Fraction(repr(ratio)).as_integer_ratio()
    whole, rest = divmod(top * n, bottom)
    if rest:
        whole += 1
    return whole if whole < n else n - 1


def descend(chain, position, head, upstream, ratio, norm):
    """The layers from ``position`` on, made smaller, and their masks; ``upstream``: (kept, of how many) or None."""
    if position == len(chain):
        return [], {}
    piece = copy.copy(chain[position])
    found = {}
    if isinstance(piece, (nn.Linear, nn.Conv2d)):
        full = chain[position].weight
        full_size = full.shape[0]
        if position == head:
            good = np.arange(full_size)
        else:
            good = np.asarray(winners(strengths(full, norm), how_many(ratio, full_size)))
        if upstream is None:
            piece.weight = np.take(full, good, axis=0)
        else:
            columns = unroll(upstream, full.shape[1])
            piece.weight = np.take(np.take(full, columns, axis=1), good, axis=0)
        if piece.bias is not None:
            piece.bias = np.take(piece.bias, good)
        found[f"{position}.weight"] = np.isin(np.arange(full_size), good)
        upstream = (good, full_size)
    elif isinstance(piece, (nn.BatchNorm1d, nn.BatchNorm2d)) and upstream is not None:
        entries = unroll(upstream, piece.weight.shape[0])
        piece.weight = np.take(piece.weight, entries)
        piece.bias = np.take(piece.bias, entries)
        piece.running_mean = np.take(piece.running_mean, entries)
        piece.running_var = np.take(piece.running_var, entries)
    others, more = descend(chain, position + 1, head, upstream, ratio, norm)
    return [piece] + others, {**found, **more}


def unroll(upstream, size):
    good, full_size = upstream
    per = size // full_size
    return np.arange(size).reshape(full_size, per)[good].reshape(-1)


def prune_structured(model, ratio, norm=1):
    _verify(ratio, norm)
    chain = tuple(model.layers)
    head = len(chain) - 1
    while not isinstance(chain[head], (nn.Linear, nn.Conv2d)):
        head -= 1
    done, masks = descend(chain, 0, head, None, ratio, norm)
    return nn.Sequential(done), masks
