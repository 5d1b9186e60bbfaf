"""prune_structured: rows, bias entries, BatchNorm entries and reading columns go together."""

import copy
import heapq
import math
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear


def widen(previous, n_features):
    """One flag per channel, repeated for every feature of the channel."""
    step = n_features // previous.size
    return np.tile(previous[:, None], (1, step)).ravel()


def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1:
        raise ValueError(f"ratio must lie in [0, 1), not {ratio!r}")
    if norm not in (1, 2):
        raise ValueError(f"norm must be 1 or 2, not {norm!r}")
    smaller = copy.deepcopy(model)
    positions = [place for place, layer in enumerate(smaller.layers) if type(layer) in (Linear, Conv2d)]
    flags_by_name = {}
    previous = None
    for place, layer in enumerate(smaller.layers):
        if place in positions:
            w = layer.weight
            own = np.ones(len(w), dtype=bool)
            if place < max(positions):
                cut_n = to_remove(ratio, len(w))
                own = selection(filter_norms(w, norm), cut_n)
            flags_by_name[str(place) + ".weight"] = own
            if previous is not None:
                w = w[:, widen(previous, w.shape[1])]
            layer.weight = w[own]
            if layer.bias is not None:
                layer.bias = layer.bias[own]
            previous = own
        elif type(layer).__name__.startswith("BatchNorm") and place - 1 in positions:
            take_these = widen(previous, layer.weight.size)
            layer.__dict__.update(
                {attr: v[take_these] for attr, v in vars(layer).items() if isinstance(v, np.ndarray)}
            )
    return smaller, flags_by_name


def filter_norms(array_in, norm):
    found = []
    for filt in array_in:
        abs_vals = [abs(v) for v in filt.ravel().tolist()]
        if norm == 1:
            found.append(math.fsum(abs_vals))
        else:
            found.append(math.sqrt(math.fsum(v * v for v in abs_vals)))
    return found


def to_remove(ratio, full):
    return min(int(Fraction(repr(ratio)) * full), full - 1)


def selection(scores, cut_n):
    lowest = set(heapq.nsmallest(cut_n, range(len(scores)), key=lambda u: scores[u]))
    return np.array([u not in lowest for u in range(len(scores))])
