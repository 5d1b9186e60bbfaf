"""Channel pruning for plain NumPy networks."""

import copy
import heapq
import math
from fractions import Fraction
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Sequential


def descend(chain, position, last, upstream, ratio, norm):
    """The layers from ``position`` on, made smaller, and their masks; ``upstream``: (kept, of how many) or None."""
    if position == len(chain):
        return [], {}
    piece = copy.copy(chain[position])
    found = {}
    if isinstance(piece, (Linear, Conv2d)):
        full = chain[position].weight
        full_size = full.shape[0]
        if position == last:
            good = np.arange(full_size)
        else:
            good = np.asarray(kept_indices(strengths(full, norm), how_many(ratio, full_size)))
        if upstream is None:
            piece.weight = np.take(full, good, axis=0)
        else:
            columns = stretch(upstream, full.shape[1])
            piece.weight = np.take(np.take(full, columns, axis=1), good, axis=0)
        if piece.bias is not None:
            piece.bias = np.take(piece.bias, good)
        found[f"{position}.weight"] = np.isin(np.arange(full_size), good)
        upstream = (good, full_size)
    elif isinstance(piece, (BatchNorm1d, BatchNorm2d)) and upstream is not None:
        entries = stretch(upstream, piece.weight.shape[0])
        piece.weight = np.take(piece.weight, entries)
        piece.bias = np.take(piece.bias, entries)
        piece.running_mean = np.take(piece.running_mean, entries)
        piece.running_var = np.take(piece.running_var, entries)
    others, more = descend(chain, position + 1, last, upstream, ratio, norm)
    return [piece] + others, {**found, **more}


def stretch(upstream, size):
    good, full_size = upstream
    per = size // full_size
    return np.arange(size).reshape(full_size, per)[good].reshape(-1)


def prune_structured(model, ratio, norm=1):
    _verify(ratio, norm)
    chain = tuple(model.layers)
    last = len(chain) - 1
    while not isinstance(chain[last], (Linear, Conv2d)):
        last -= 1
    done, masks = descend(chain, 0, last, None, ratio, norm)
    return Sequential(done), masks


def how_many(ratio, n):
    top, bottom = Fraction(repr(ratio)).as_integer_ratio()
    whole, rest = divmod(top * n, bottom)
    if rest:
        whole += 1
    return whole if whole < n else n - 1


def _verify(ratio, norm):
    problems = []
    if not math.isfinite(ratio) or not 0 <= ratio < 1:
        problems.append("ratio")
    if norm not in [1, 2]:
        problems.append("norm")
    if problems:
        raise ValueError("invalid: " + ", ".join(problems))


def strengths(weight, norm):
    return np.linalg.norm(weight.astype(np.float64).reshape(len(weight), -1), axis=1)


def kept_indices(scores, k):
    strongest = heapq.nlargest(len(scores) - k, range(len(scores)), key=scores.__getitem__)
    return np.array(sorted(strongest))
