"""Structured pruning: a smaller dense network and one mask per prunable layer."""

import copy
import heapq
import math
from decimal import Decimal

import numpy as np

from judge.nn import AvgPool2d, Conv2d, Linear, MaxPool2d, Sequential


def choose_channels(scores, k):
    strongest = heapq.nlargest(len(scores) - k, range(len(scores)), key=lambda u: scores[u])
    strongest.sort()
    return np.asarray(strongest)


def strengths(filters, norm):
    entries = np.abs(np.ascontiguousarray(filters, dtype=np.float64)).ravel()
    starts = np.arange(0, entries.size, entries.size // len(filters))
    return np.add.reduceat(entries if norm == 1 else np.square(entries), starts)


def to_remove(ratio, channels_n):
    """How many of channels_n channels go, by the decimal digits of the ratio."""
    x = Decimal(repr(ratio)) * channels_n
    k = int(x)
    return k if k < channels_n else channels_n - 1


def widen(left, n_before, n_features):
    return np.arange(n_features).reshape(n_before, n_features // n_before)[left].ravel()


def prune_structured(model, ratio, norm=1):
    sound = math.isfinite(ratio) and 0 <= ratio < 1 and norm in (1, 2)
    if not sound:
        raise ValueError("prune_structured(model, ratio in [0, 1), norm 1 or 2)")
    spots = [at_layer for at_layer, m in enumerate(model.layers) if type(m) in (Linear, Conv2d)]

    # first pass: decide
    schedule = {}
    for at_layer in spots:
        w = model[at_layer].weight
        if at_layer == spots[-1]:
            schedule[at_layer] = np.arange(len(w))
        else:
            schedule[at_layer] = choose_channels(strengths(w, norm), to_remove(ratio, len(w)))

    # second pass: build
    built = []
    left, n_before = None, 0
    for at_layer, m in enumerate(model):
        if at_layer in schedule:
            w, offset = m.weight, m.bias
            if left is not None:
                w = np.take(w, widen(left, n_before, w.shape[1]), axis=1)
            left, n_before = schedule[at_layer], len(w)
            w = np.take(w, left, axis=0)
            if offset is not None:
                offset = np.take(offset, left)
            if isinstance(m, Conv2d):
                built.append(Conv2d(w, offset, stride=m.stride, padding=m.padding))
            else:
                built.append(Linear(w, offset))
        elif type(m).__name__.startswith("BatchNorm") and left is not None:
            picks = widen(left, n_before, len(m.weight))
            built.append(
                type(m)(
                    weight=m.weight[picks],
                    bias=m.bias[picks],
                    running_mean=m.running_mean[picks],
                    running_var=m.running_var[picks],
                    eps=m.eps,
                )
            )
        elif isinstance(m, (MaxPool2d, AvgPool2d)):
            built.append(type(m)(m.kernel_size, m.stride))
        else:
            built.append(copy.deepcopy(m))

    flags_by_name = {}
    for at_layer, left in schedule.items():
        flags_by_name[str(at_layer) + ".weight"] = left
    return Sequential(built), flags_by_name
