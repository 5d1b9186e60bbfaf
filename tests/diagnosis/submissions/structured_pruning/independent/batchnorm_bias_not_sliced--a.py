"""Drop output channels by magnitude and rewire what reads them."""

import copy
import heapq
import functools
from decimal import Decimal
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Sequential


def victims(ratio, n):
    """How many of ``n`` go."""
    top, bottom = Decimal(repr(ratio)).as_integer_ratio()
    return min(top * n // bottom, n - 1)


def doomed(scores, k):
    return sorted(heapq.nsmallest(k, range(len(scores)), key=lambda c: scores[c]))


def filter_norms(weight, norm):
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
        dead = list(doomed(filter_norms(layer.weight, state["norm"]), victims(state["ratio"], n)))
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
        clone.weight = layer.weight[which]
        clone.running_mean, clone.running_var = layer.running_mean[which], layer.running_var[which]
    return clone


def prune_structured(model, ratio, norm=1):
    if not (ratio >= 0.0 and ratio < 1.0):
        raise ValueError("ratio out of range")
    if norm not in {1, 2}:
        raise ValueError("only the L1 and L2 norms are known")
    names = [f"{i}.weight" for i, layer in enumerate(model) if isinstance(layer, (Linear, Conv2d))]
    state = {"ratio": ratio, "norm": norm, "left": len(names), "dead": [], "channels": 0, "masks": []}
    layers = [step(layer, state) for layer in model]
    return Sequential(layers), dict(zip(names, state["masks"]))
