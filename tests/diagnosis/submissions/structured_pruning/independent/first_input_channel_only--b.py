"""Prune whole filters, keep the rest as it is."""

import copy
import math
import functools
from fractions import Fraction
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Sequential


def check_arguments(ratio, norm):
    problems = []
    if not math.isfinite(ratio) or not 0 <= ratio < 1:
        problems.append("ratio")
    if norm not in [1, 2]:
        problems.append("norm")
    if problems:
        raise ValueError("invalid: " + ", ".join(problems))


def pick_dead(scores, k):
    ranking = sorted((score, c) for c, score in enumerate(scores))
    return sorted(c for _, c in ranking[:k])


def how_many(ratio, n):
    staying = n - math.floor(Fraction(repr(ratio)) * n)
    return n - max(staying, 1)


def _measure(weight, norm):
    result = []
    for row in weight:
        if row.ndim == 3:
            values = row[0].ravel().tolist()
        else:
            values = row.tolist()
        result.append(math.fsum(map(abs, values)) if norm == 1 else math.hypot(*values))
    return result


@functools.singledispatch
def step(layer, state):
    return copy.deepcopy(layer)


def entries(state, size):
    owners = np.arange(size) // (size // state["channels"])
    return np.flatnonzero(~np.isin(owners, state["dead"]))


@step.register(Linear)
@step.register(Conv2d)
def step_weighted(layer, state):
    smaller = layer.weight
    if state["channels"]:
        smaller = smaller[:, entries(state, smaller.shape[1])]
    n = layer.weight.shape[0]
    dead = []
    if state["left"] > 1:
        dead = list(pick_dead(_measure(layer.weight, state["norm"]), how_many(state["ratio"], n)))
    mask = np.ones(n)
    mask[dead] = 0
    state["left"] -= 1
    state["masks"].append(mask)
    state.update(dead=dead, channels=n)
    clone = copy.copy(layer)
    clone.weight = smaller[mask == 1]
    if layer.bias is not None:
        clone.bias = layer.bias[mask == 1]
    return clone


@step.register(BatchNorm1d)
@step.register(BatchNorm2d)
def step_norm(layer, state):
    clone = copy.copy(layer)
    if state["channels"]:
        which = entries(state, layer.num_features)
        clone.weight, clone.bias = layer.weight[which], layer.bias[which]
        clone.running_mean, clone.running_var = layer.running_mean[which], layer.running_var[which]
    return clone


def prune_structured(model, ratio, norm=1):
    check_arguments(ratio, norm)
    names = [f"{i}.weight" for i, layer in enumerate(model) if isinstance(layer, (Linear, Conv2d))]
    state = {"ratio": ratio, "norm": norm, "left": len(names), "dead": [], "channels": 0, "masks": []}
    layers = [step(layer, state) for layer in model]
    return Sequential(layers), dict(zip(names, state["masks"]))
