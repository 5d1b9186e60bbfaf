"""Make a network narrower: prune_structured(model, ratio, norm)."""

import copy
import heapq
import functools
from fractions import Fraction
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Sequential


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
    if state["channels"] == smaller.shape[1]:
        smaller = smaller[:, entries(state, smaller.shape[1])]
    n = layer.weight.shape[0]
    dead = []
    if state["left"] > 1:
        dead = list(doomed(strengths(layer.weight, state["norm"]), how_many(state["ratio"], n)))
    mask = np.ones(n)
    mask[dead] = 0
    state["left"] -= 1
    state["masks"].append(mask)
    state.update(dead=dead, channels=n)
    piece = copy.copy(layer)
    piece.weight = smaller[mask == 1]
    if layer.bias is not None:
        piece.bias = layer.bias[mask == 1]
    return piece


@step.register(BatchNorm1d)
@step.register(BatchNorm2d)
def step_norm(layer, state):
    piece = copy.copy(layer)
    if state["channels"]:
        which = entries(state, layer.num_features)
        piece.weight, piece.bias = layer.weight[which], layer.bias[which]
        piece.running_mean, piece.running_var = layer.running_mean[which], layer.running_var[which]
    return piece


def prune_structured(model, ratio, norm=1):
    if norm not in (1, 2) or not (0.0 <= ratio < 1.0):
        raise ValueError(f"cannot prune with ratio={ratio!r}, norm={norm!r}")
    names = [f"{i}.weight" for i, layer in enumerate(model) if isinstance(layer, (Linear, Conv2d))]
    state = {"ratio": ratio, "norm": norm, "left": len(names), "dead": [], "channels": 0, "masks": []}
    layers = [step(layer, state) for layer in model]
    return Sequential(layers), dict(zip(names, state["masks"]))


def doomed(scores, k):
    return sorted(heapq.nsmallest(k, range(len(scores)), key=lambda c: scores[c]))


def strengths(weight, norm):
    power = np.abs(weight.astype(float)) ** norm
    return power.reshape(power.shape[0], -1).sum(axis=1) ** (1.0 / norm)


def how_many(ratio, n):
    top, bottom = Fraction(repr(ratio)).as_integer_ratio()
    whole, rest = divmod(top * n, bottom)
    if rest:
        whole += 1
    return whole if whole < n else n - 1
