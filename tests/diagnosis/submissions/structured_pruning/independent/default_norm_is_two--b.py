"""Make a network narrower: prune_structured(model, ratio, norm)."""

import copy
import heapq
import functools
from fractions import Fraction
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Sequential


def doomed(scores, k):
    return sorted(heapq.nsmallest(k, range(len(scores)), key=lambda c: scores[c]))


def importance(weight, norm):
    power = np.abs(weight.astype(float)) ** norm
    return power.reshape(power.shape[0], -1).sum(axis=1) ** (1.0 / norm)


def _k_for(ratio, n):
    return min(int(Fraction(repr(ratio)) * n), n - 1)


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
        dead = list(doomed(importance(layer.weight, state["norm"]), _k_for(state["ratio"], n)))
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


def prune_structured(model, ratio, norm=2):
    if norm not in (1, 2) or not (0.0 <= ratio < 1.0):
        raise ValueError(f"cannot prune with ratio={ratio!r}, norm={norm!r}")
    names = [f"{i}.weight" for i, layer in enumerate(model) if isinstance(layer, (Linear, Conv2d))]
    state = {"ratio": ratio, "norm": norm, "left": len(names), "dead": [], "channels": 0, "masks": []}
    layers = [step(layer, state) for layer in model]
    return Sequential(layers), dict(zip(names, state["masks"]))
