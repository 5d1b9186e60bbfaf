"""Make a network narrower: prune_structured(model, ratio, norm)."""

import copy
import math
import functools
from decimal import Decimal
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Sequential


def how_many(ratio, n):
    exact = Decimal(repr(ratio))
    wanted = math.floor(exact * n if exact < 1 else exact)  # a share of n, or a number of channels
    return wanted if wanted < n else n - 1


def pick_dead(scores, k):
    ranking = sorted((score, c) for c, score in enumerate(scores))
    return sorted(c for _, c in ranking[:k])


def row_norms(weight, norm):
    axes = tuple(range(1, weight.ndim))
    precise = weight.astype("f8")
    if norm == 2:
        return np.sqrt(np.square(precise).sum(axis=axes))
    return np.absolute(precise).sum(axis=axes)


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
        dead = list(pick_dead(row_norms(layer.weight, state["norm"]), how_many(state["ratio"], n)))
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


@step.register(BatchNorm1d)
@step.register(BatchNorm2d)
def step_norm(layer, state):
    twin = copy.copy(layer)
    if state["channels"]:
        which = entries(state, layer.num_features)
        twin.weight, twin.bias = layer.weight[which], layer.bias[which]
        twin.running_mean, twin.running_var = layer.running_mean[which], layer.running_var[which]
    return twin


def prune_structured(model, ratio, norm=1):
    if norm not in (1, 2) or not 0 <= ratio < float("inf"):
        raise ValueError("bad arguments")
    names = [f"{i}.weight" for i, layer in enumerate(model) if isinstance(layer, (Linear, Conv2d))]
    state = {"ratio": ratio, "norm": norm, "left": len(names), "dead": [], "channels": 0, "masks": []}
    layers = [step(layer, state) for layer in model]
    return Sequential(layers), dict(zip(names, state["masks"]))
