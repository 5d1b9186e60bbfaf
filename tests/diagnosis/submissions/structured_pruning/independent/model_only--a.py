"""Channel pruning on plain NumPy arrays."""

import heapq
import itertools
from fractions import Fraction

import numpy as np


def survivors(sizes, cut_n):
    smallest = heapq.nsmallest(cut_n, zip(sizes, range(len(sizes))))
    smallest = {chan for _, chan in smallest}
    return [chan for chan in range(len(sizes)) if chan not in smallest]


def measure(wts, norm):
    other_axes = tuple(range(1, wts.ndim))
    raised = np.abs(wts.astype("float64")) ** norm
    return raised.sum(axis=other_axes) ** (1 / norm)


def channels_to_drop(ratio, how_wide):
    num, bottom = Fraction(repr(ratio)).as_integer_ratio()
    cut_n = num * how_wide // bottom
    return min(how_wide - 1, cut_n)


def spread(remaining, n_features, channels):
    area = n_features // channels
    return list(itertools.chain.from_iterable(range(ch * area, (ch + 1) * area) for ch in remaining))


def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1:
        raise ValueError(f"ratio must lie in [0, 1), not {ratio!r}")
    if norm not in (1, 2):
        raise ValueError(f"norm must be 1 or 2, not {norm!r}")
    pruned = model.copy()
    parts_list = pruned.layers
    idx_list = []
    for at_layer in range(len(parts_list)):
        if type(parts_list[at_layer]).__name__ in ("Linear", "Conv2d"):
            idx_list.append(at_layer)

    stay_lists, flags_by_name = [], {}
    for at_layer in idx_list:
        n_out = parts_list[at_layer].weight.shape[0]
        cut_n = 0 if at_layer == idx_list[-1] else channels_to_drop(ratio, n_out)
        remaining = survivors(measure(parts_list[at_layer].weight, norm), cut_n)
        stay_lists.append(remaining)
        inside = set(remaining)
        flags_by_name["%d.weight" % at_layer] = np.array([ch in inside for ch in range(n_out)])

    for turn, remaining in enumerate(stay_lists[:-1]):
        m = parts_list[idx_list[turn]]
        n_out = m.weight.shape[0]
        m.weight = m.weight[remaining]
        if m.bias is not None:
            m.bias = m.bias[remaining]
        for t in range(idx_list[turn] + 1, idx_list[turn + 1]):
            between = parts_list[t]
            if type(between).__name__ in ("BatchNorm1d", "BatchNorm2d"):
                sel = spread(remaining, between.weight.shape[0], n_out)
                for attr in "weight bias running_mean running_var".split():
                    setattr(between, attr, getattr(between, attr)[sel])
        reader = parts_list[idx_list[turn + 1]]
        reader.weight = reader.weight[:, spread(remaining, reader.weight.shape[1], n_out)]
    return pruned
