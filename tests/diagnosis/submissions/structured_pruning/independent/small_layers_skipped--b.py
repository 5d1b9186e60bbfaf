"""Makes a narrower network by dropping low-norm neurons and filters."""

import math
from decimal import Decimal

import numpy as np


class Refused(ValueError):
    """An argument that cannot be worked with."""


def weakest_out(scores, removed_n):
    by_norm = sorted(range(len(scores)), key=lambda ci: scores[ci])
    return sorted(by_norm[removed_n:])


channels_to_drop = lambda ratio, channels_n: min(math.floor(Decimal(repr(ratio)) * channels_n), channels_n - 1)


def importance(array_in, norm):
    return np.linalg.norm(np.asarray(array_in, dtype=float).reshape(len(array_in), -1), ord=norm, axis=1)


def features_of(remaining, n_features, total):
    span = n_features // total
    answer = []
    for unit in remaining:
        answer.extend(range(unit * span, unit * span + span))
    return answer


def prune_structured(model, ratio, norm=1):
    if not (ratio >= 0 and ratio < 1):
        raise Refused("ratio")
    if norm == 1 or norm == 2:
        pass
    else:
        raise Refused("norm")
    clone = model.copy()
    parts_list = clone.layers
    weighted = [p for p, op in enumerate(parts_list) if type(op).__name__ in ("Linear", "Conv2d")]

    picked, kept_masks = [], {}
    for p in weighted:
        n_out = parts_list[p].weight.shape[0]
        removed_n = channels_to_drop(ratio, n_out)
        if n_out < 4 or p == weighted[-1]:  # too narrow, or the output
            removed_n = 0
        remaining = weakest_out(importance(parts_list[p].weight, norm), removed_n)
        picked.append(remaining)
        members = set(remaining)
        kept_masks["%d.weight" % p] = np.array([unit in members for unit in range(n_out)])

    for r, remaining in enumerate(picked[:-1]):
        op = parts_list[weighted[r]]
        n_out = op.weight.shape[0]
        op.weight = op.weight[remaining]
        if op.bias is not None:
            op.bias = op.bias[remaining]
        for j in range(weighted[r] + 1, weighted[r + 1]):
            between = parts_list[j]
            if type(between).__name__ in ("BatchNorm1d", "BatchNorm2d"):
                inner = features_of(remaining, between.weight.shape[0], n_out)
                between.weight = between.weight[inner]
                between.bias = between.bias[inner]
                between.running_mean = between.running_mean[inner]
                between.running_var = between.running_var[inner]
        following = parts_list[weighted[r + 1]]
        following.weight = following.weight[:, features_of(remaining, following.weight.shape[1], n_out)]
    return clone, kept_masks
