"""Drop output channels by magnitude and rewire what reads them."""

import copy
import math
import functools
from decimal import Decimal
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Sequential


def doomed(scores, k):
    ranking = sorted((score, c) for c, score in enumerate(scores))
    return sorted(c for _, c in ranking[:k])


def magnitudes(weight, norm):
    result = []
    for row in weight:
        values = row.ravel().tolist()
        if norm == 1:
            result.append(math.fsum(abs(v) for v in values))
        else:
            result.append(math.sqrt(math.fsum(v * v for v in values)))
    return result


def quota(ratio, n):
    if n == 1:
        return 0
    k = math.floor(Decimal(repr(ratio)) * n)
    if k < 1:
        k = 1
    return k


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
        dead = list(doomed(magnitudes(layer.weight, state["norm"]), quota(state["ratio"], n)))
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
    if not (ratio >= 0.0 and ratio < 1.0):
        raise ValueError("ratio out of range")
    if norm not in {1, 2}:
        raise ValueError("only the L1 and L2 norms are known")
    names = [f"{i}.weight" for i, layer in enumerate(model) if isinstance(layer, (Linear, Conv2d))]
    state = {"ratio": ratio, "norm": norm, "left": len(names), "dead": [], "channels": 0, "masks": []}
    layers = [step(layer, state) for layer in model]
    return Sequential(layers), dict(zip(names, state["masks"]))
