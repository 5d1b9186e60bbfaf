"""Make a network narrower: prune_structured(model, ratio, norm)."""

import copy
import math
from fractions import Fraction
import numpy as np

from judge.nn import Conv2d, Linear, Sequential


def is_heavy(layer):
    return isinstance(layer, (Linear, Conv2d))


def with_arrays(layer, **arrays):
    clone = copy.copy(layer)
    vars(clone).update(arrays)
    return clone


def silence(layer, idx):
    w = np.zeros_like(layer.weight)
    w[idx] = layer.weight[idx]
    return with_arrays(layer, weight=w)


def smaller_layer(i, layer, plan):
    return silence(layer, plan[i][0]) if i in plan else copy.copy(layer)


def prune_structured(model, ratio, norm=1):
    guard(ratio, norm)
    heavy = [(i, layer.weight) for i, layer in enumerate(model) if is_heavy(layer)]
    output = heavy[-1][0]
    plan = {
        i: (np.arange(len(w)) if i == output else np.array(select_channels(filter_norms(w, norm), quota(ratio, len(w)))), len(w))
        for i, w in heavy
    }
    masks = {f"{i}.weight": np.bincount(idx, minlength=n) for i, (idx, n) in plan.items()}
    return Sequential(smaller_layer(i, layer, plan) for i, layer in enumerate(model)), masks


def guard(ratio, norm):
    problems = []
    if not math.isfinite(ratio) or not 0 <= ratio < 1:
        problems.append("ratio")
    if norm not in [1, 2]:
        problems.append("norm")
    if problems:
        raise ValueError("invalid: " + ", ".join(problems))


def filter_norms(weight, norm):
    strength = {1: lambda row: float(np.abs(row).sum()), 2: lambda row: math.sqrt(float(row @ row))}[norm]
    return [strength(row.astype(np.float64).ravel()) for row in weight]


def select_channels(scores, k):
    ranking = np.lexsort((np.arange(len(scores)), np.asarray(scores)))
    return np.setdiff1d(np.arange(len(scores)), ranking[:k])


def quota(ratio, n):
    return min(int(Fraction(repr(ratio)) * n), n - 1)
