"""Make a network narrower: prune_structured(model, ratio, norm)."""

import copy
import math
from fractions import Fraction
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Sequential


def importance(weight, norm):
    axes = tuple(range(1, weight.ndim))
    precise = weight.astype("f8")
    if norm == 2:
        return np.sqrt(np.square(precise).sum(axis=axes))
    return np.absolute(precise).sum(axis=axes)


def survivors(scores, k):
    on = np.ones(len(scores), dtype=bool)
    for c in sorted(range(len(scores)), key=lambda c: scores[c])[:k]:
        on[c] = False
    return np.squeeze(np.nonzero(on))


def validate(ratio, norm):
    problems = []
    if not math.isfinite(ratio) or not 0 <= ratio < 1:
        problems.append("ratio")
    if norm not in [1, 2]:
        problems.append("norm")
    if problems:
        raise ValueError("invalid: " + ", ".join(problems))


def _k_for(ratio, n):
    return min(int(Fraction(repr(ratio)) * n), n - 1)


def features(live, had, size):
    block = size // had
    return (live[:, None] * block + np.arange(block)).ravel()


def rebuild_weighted(layer, rows, live, had):
    weight = layer.weight
    if live is not None:
        weight = weight[:, features(live, had, weight.shape[1])]
    weight = weight[rows]
    bias = None if layer.bias is None else layer.bias[rows]
    if isinstance(layer, Conv2d):
        return Conv2d(weight, bias, stride=layer.stride, padding=layer.padding, groups=layer.groups)
    return Linear(weight, bias)


def rebuild_norm(layer, live, had):
    where = features(live, had, layer.weight.shape[0])
    return type(layer)(
        layer.weight[where],
        layer.bias[where],
        layer.running_mean[where],
        layer.running_var[where],
        eps=layer.eps,
    )


def prune_structured(model, ratio, norm=1):
    validate(ratio, norm)
    source = list(model.layers)
    prunable = [i for i, layer in enumerate(source) if isinstance(layer, (Linear, Conv2d))]

    # first pass: which rows stay
    chosen = {}
    for spot in prunable:
        weight = source[spot].weight
        n = weight.shape[0]
        if spot == prunable[-1]:
            chosen[spot] = np.arange(n)
        else:
            chosen[spot] = survivors(importance(weight, norm), _k_for(ratio, n))

    # second pass: new layers
    rebuilt = []
    live, had = None, None
    for i, layer in enumerate(source):
        if i in chosen:
            rebuilt.append(rebuild_weighted(layer, chosen[i], live, had))
            live, had = chosen[i], layer.weight.shape[0]
        elif isinstance(layer, (BatchNorm1d, BatchNorm2d)) and live is not None:
            rebuilt.append(rebuild_norm(layer, live, had))
        else:
            rebuilt.append(copy.deepcopy(layer))

    masks = {}
    for spot in prunable:
        flags = np.zeros(source[spot].weight.shape[0], dtype=bool)
        flags[chosen[spot]] = True
        masks[f"{spot}.weight"] = flags
    return Sequential(rebuilt), masks
