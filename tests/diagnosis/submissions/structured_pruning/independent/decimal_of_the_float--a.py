"""Prune whole filters, keep the rest as it is."""

import copy
import heapq
import math
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
    if state["channels"]:
        smaller = smaller[:, entries(state, smaller.shape[1])]
    n = layer.weight.shape[0]
    dead = []
    if state["left"] > 1:
        dead = list(pick_dead(magnitudes(layer.weight, state["norm"]), _k_for(state["ratio"], n)))
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
    validate(ratio, norm)
    names = [f"{i}.weight" for i, layer in enumerate(model) if isinstance(layer, (Linear, Conv2d))]
    state = {"ratio": ratio, "norm": norm, "left": len(names), "dead": [], "channels": 0, "masks": []}
    layers = [step(layer, state) for layer in model]
    return Sequential(layers), dict(zip(names, state["masks"]))


def pick_dead(scores, k):
    return sorted(heapq.nsmallest(k, range(len(scores)), key=lambda c: scores[c]))


def _k_for(ratio, n):
    return min(int(Fraction(ratio) * n), n - 1)


def validate(ratio, norm):
    problems = []
    if not math.isfinite(ratio) or not 0 <= ratio < 1:
        problems.append("ratio")
    if norm not in [1, 2]:
        problems.append("norm")
    if problems:
        raise ValueError("invalid: " + ", ".join(problems))


def magnitudes(weight, norm):
    rows = np.asarray(weight, dtype=np.float64).reshape(len(weight), -1)
    return np.linalg.norm(rows, ord=norm, axis=1)
