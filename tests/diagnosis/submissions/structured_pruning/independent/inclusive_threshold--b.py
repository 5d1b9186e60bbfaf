"""Prune whole filters, keep the rest as it is."""

import copy
import math
import functools
from decimal import Decimal
import numpy as np

import judge.nn as nn


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
        dead = list(losers(strengths(layer.weight, state["norm"]), victims(state["ratio"], n)))
    mask = np.ones(n)
    mask[dead] = 0
    state["left"] -= 1
    state["masks"].append(mask)
    state.update(dead=dead, channels=n)
    twin = copy.copy(layer)
    twin.weight = smaller[mask == 1]
    if layer.bias is not None:
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
    if norm not in (1, 2) or not (0.0 <= ratio < 1.0):
        raise ValueError(f"cannot prune with ratio={ratio!r}, norm={norm!r}")
    names = [f"{i}.weight" for i, layer in enumerate(model) if isinstance(layer, (nn.Linear, nn.Conv2d))]
    state = {"ratio": ratio, "norm": norm, "left": len(names), "dead": [], "channels": 0, "masks": []}
    layers = [step(layer, state) for layer in model]
    return nn.Sequential(layers), dict(zip(names, state["masks"]))


def losers(scores, k):
    limit = sorted(scores)[k]
    strongest = max(range(len(scores)), key=lambda c: scores[c])
    return [c for c in range(len(scores)) if scores[c] <= limit and c != strongest]


def strengths(weight, norm):
    power = np.abs(weight.astype(float)) ** norm
    return power.reshape(power.shape[0], -1).sum(axis=1) ** (1.0 / norm)


def victims(ratio, n):
    return min(math.ceil(Decimal(repr(ratio)) * n), n - 1)
