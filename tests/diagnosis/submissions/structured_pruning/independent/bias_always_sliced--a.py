"""Structured pruning by filter norm: whole channels go, everything that follows them goes too."""

import copy
import math
import functools
from decimal import ROUND_FLOOR, Decimal
import numpy as np

from judge import nn


def _k_for(ratio, n):
    exact = Decimal(repr(ratio)) * n
    return min(int(exact.to_integral_value(rounding=ROUND_FLOOR)), n - 1)


def to_remove(scores, k):
    return np.sort(np.argsort(scores, kind="stable")[:k])


def refuse_bad(ratio, norm):
    if not 0 <= ratio < 1:
        raise ValueError(f"ratio must lie in [0, 1), not {ratio}")
    if norm not in (1, 2):
        raise ValueError(f"norm must be 1 or 2, not {norm}")


def row_norms(weight, norm):
    strength = {1: lambda row: float(np.abs(row).sum()), 2: lambda row: math.sqrt(float(row @ row))}[norm]
    return [strength(row.astype(np.float64).ravel()) for row in weight]


@functools.singledispatch
def step(layer, state):
    return copy.deepcopy(layer)


def entries(state, size):
    owners = np.arange(size) // (size // state["channels"])
    return np.flatnonzero(~np.isin(owners, state["dead"]))


@step.register(nn.Linear)
@step.register(nn.Conv2d)
def step_weighted(layer, state):
    smaller = layer.weight
    if state["channels"]:
        smaller = smaller[:, entries(state, smaller.shape[1])]
    n = layer.weight.shape[0]
    dead = []
    if state["left"] > 1:
        dead = list(to_remove(row_norms(layer.weight, state["norm"]), _k_for(state["ratio"], n)))
    mask = np.ones(n)
    mask[dead] = 0
    state["left"] -= 1
    state["masks"].append(mask)
    state.update(dead=dead, channels=n)
    twin = copy.copy(layer)
    twin.weight = smaller[mask == 1]
    twin.bias = layer.bias[mask == 1]
    return twin


@step.register(nn.BatchNorm1d)
@step.register(nn.BatchNorm2d)
def step_norm(layer, state):
    twin = copy.copy(layer)
    if state["channels"]:
        which = entries(state, layer.num_features)
        twin.weight, twin.bias = layer.weight[which], layer.bias[which]
        twin.running_mean, twin.running_var = layer.running_mean[which], layer.running_var[which]
    return twin


def prune_structured(model, ratio, norm=1):
    refuse_bad(ratio, norm)
    names = [f"{i}.weight" for i, layer in enumerate(model) if isinstance(layer, (nn.Linear, nn.Conv2d))]
    state = {"ratio": ratio, "norm": norm, "left": len(names), "dead": [], "channels": 0, "masks": []}
    layers = [step(layer, state) for layer in model]
    return nn.Sequential(layers), dict(zip(names, state["masks"]))
