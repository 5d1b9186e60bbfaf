"""Remove the channels with the smallest norms and return the smaller network with its masks."""

import copy
import math
import functools
from decimal import Decimal
import numpy as np

from judge import nn


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
        dead = list(losers(importance(layer.weight, state["norm"]), number_to_cut(state["ratio"], n)))
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


@step.register(nn.BatchNorm1d)
@step.register(nn.BatchNorm2d)
def step_norm(layer, state):
    clone = copy.copy(layer)
    if state["channels"]:
        which = entries(state, layer.num_features)
        clone.weight, clone.bias = layer.weight[which], layer.bias[which]
        clone.running_mean, clone.running_var = layer.running_mean[which], layer.running_var[which]
    return clone


def prune_structured(model, ratio, norm=1):
    guard(ratio, norm)
    names = [f"{i}.weight" for i, layer in enumerate(model) if isinstance(layer, (nn.Linear, nn.Conv2d))]
    state = {"ratio": ratio, "norm": norm, "left": len(names), "dead": [], "channels": 0, "masks": []}
    layers = [step(layer, state) for layer in model]
    return nn.Sequential(layers), dict(zip(names, state["masks"]))


def number_to_cut(ratio, n):
    wanted = math.floor(Decimal(repr(ratio)) * Decimal(n))
    if wanted >= n:
        wanted = n - 1
    return wanted


def guard(ratio, norm):
    if math.isnan(ratio) or math.isinf(ratio) or ratio < 0 or ratio >= 1:
        raise ValueError("bad ratio: %r" % (ratio,))
    if norm != 1 and norm != 2:
        raise ValueError("bad norm: %r" % (norm,))


def losers(scores, k):
    ranking = sorted((score, c) for c, score in enumerate(scores))
    return sorted(c for _, c in ranking[:k])


def importance(weight, norm):
    return np.linalg.norm(weight.reshape(len(weight), -1), ord=norm, axis=1)
