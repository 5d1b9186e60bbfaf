"""Structured pruning by filter norm: whole channels go, everything that follows them goes too."""

import copy
from fractions import Fraction
import numpy as np

from judge import nn


def expand(live, prev_total, size):
    block = size // prev_total
    return (live[:, None] * block + np.arange(block)).ravel()


def rebuild_weighted(layer, rows, live, prev_total):
    weight = layer.weight
    if live is not None:
        weight = weight[:, expand(live, prev_total, weight.shape[1])]
    weight = weight[rows]
    bias = None if layer.bias is None else layer.bias[rows]
    if isinstance(layer, nn.Conv2d):
        return nn.Conv2d(weight, bias, stride=layer.stride, padding=layer.padding, groups=layer.groups)
    return nn.Linear(weight, bias)


def rebuild_norm(layer, live, prev_total):
    where = expand(live, prev_total, layer.weight.shape[0])
    return type(layer)(
        layer.weight[where],
        layer.bias[where],
        layer.running_mean[where],
        layer.running_var[where],
        eps=layer.eps,
    )


def prune_structured(model, ratio, norm=1):
    check_arguments(ratio, norm)
    stack = list(model.layers)
    spots = [i for i, layer in enumerate(stack) if isinstance(layer, (nn.Linear, nn.Conv2d))]

    # first pass: which rows stay
    rows_of = {}
    for spot in spots:
        rows_of[spot] = list(range(stack[spot].weight.shape[0]))
    ladder = sorted(
        (float(score), spot, c)
        for spot in spots[:-1]
        for c, score in enumerate(strengths(stack[spot].weight, norm))
    )
    budget = drop_count(ratio, len(ladder)) if ladder else 0
    for _, spot, c in ladder:
        if budget > 0 and len(rows_of[spot]) > 1:
            rows_of[spot].remove(c)
            budget -= 1
    rows_of = {spot: np.array(rows) for spot, rows in rows_of.items()}

    # second pass: new layers
    out = []
    live, prev_total = None, None
    for i, layer in enumerate(stack):
        if i in rows_of:
            out.append(rebuild_weighted(layer, rows_of[i], live, prev_total))
            live, prev_total = rows_of[i], layer.weight.shape[0]
        elif isinstance(layer, (nn.BatchNorm1d, nn.BatchNorm2d)) and live is not None:
            out.append(rebuild_norm(layer, live, prev_total))
        else:
            out.append(copy.deepcopy(layer))

    masks = {}
    for spot in spots:
        flags = np.zeros(stack[spot].weight.shape[0], dtype=bool)
        flags[rows_of[spot]] = True
        masks[f"{spot}.weight"] = flags
    return nn.Sequential(out), masks


def strengths(weight, norm):
    rows = np.asarray(weight, dtype=np.float64).reshape(len(weight), -1)
    return np.linalg.norm(rows, ord=norm, axis=1)


def check_arguments(ratio, norm):
    if not 0 <= ratio < 1:
        raise ValueError(f"ratio must lie in [0, 1), not {ratio}")
    if norm not in (1, 2):
        raise ValueError(f"norm must be 1 or 2, not {norm}")


def drop_count(ratio, n):
    return min(int(Fraction(repr(ratio)) * n), n - 1)
