"""Removes whole output channels from a network by the norm of their weights."""

import copy
import math
from decimal import Decimal

import numpy as np


def unfold(remaining, size, width):
    step = size // width
    norms_list = []
    for c in remaining:
        norms_list.extend(range(c * step, c * step + step))
    return norms_list


def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1:
        raise ValueError(f"ratio must lie in [0, 1), not {ratio!r}")
    if norm not in (1, 2):
        raise ValueError(f"norm must be 1 or 2, not {norm!r}")
    pruned = copy.deepcopy(model)
    parts_list = pruned.layers
    spots = [pos for pos, op in enumerate(parts_list) if type(op).__name__ in ("Linear", "Conv2d")]

    selections, mask_of = [], {}
    for pos in spots:
        height = parts_list[pos].weight.shape[0]
        cut_n = 0 if pos == spots[-1] else how_many(ratio, height)
        remaining = survivors(row_norms(parts_list[pos].weight, norm), cut_n)
        selections.append(remaining)
        inside = set(remaining)
        mask_of["%d.weight" % pos] = np.array([[c in inside] for c in range(height)])

    for stage in reversed(range(len(spots) - 1)):
        op = parts_list[spots[stage]]
        remaining = selections[stage]
        height = op.weight.shape[0]
        op.weight = op.weight[remaining]
        if op.bias is not None:
            op.bias = op.bias[remaining]
        for j in range(spots[stage] + 1, spots[stage + 1]):
            norm_layer = parts_list[j]
            if hasattr(norm_layer, "running_var"):
                inner = unfold(remaining, norm_layer.weight.shape[0], height)
                for attr in "weight bias running_mean running_var".split():
                    setattr(norm_layer, attr, getattr(norm_layer, attr)[inner])
        consumer = parts_list[spots[stage + 1]]
        consumer.weight = consumer.weight[:, unfold(remaining, consumer.weight.shape[1], height)]
    return pruned, mask_of


def row_norms(filters, norm):
    return np.array([np.linalg.norm(row.astype(np.float64).ravel(), norm) for row in filters])


how_many = lambda ratio, how_wide: min(math.floor(Decimal(repr(ratio)) * how_wide), how_wide - 1)


def survivors(strength, cut_n):
    ranked_pairs = [(number_, chan) for chan, number_ in enumerate(strength)]
    ranked_pairs.sort()
    return sorted(chan for _, chan in ranked_pairs[cut_n:])
