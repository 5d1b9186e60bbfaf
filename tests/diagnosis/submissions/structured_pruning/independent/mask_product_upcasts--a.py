"""Cut weak filters out of a network, layer by layer."""

import copy
import math
import functools
from fractions import Fraction
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
        dead = list(weakest(filter_norms(layer.weight, state["norm"]), _k_for(state["ratio"], n)))
    mask = np.ones(n)
    mask[dead] = 0
    state["left"] -= 1
    state["masks"].append(mask)
    state.update(dead=dead, channels=n)
    twin = copy.copy(layer)
    twin.weight = smaller[mask == 1]
    if layer.bias is not None:
        twin.bias = (layer.bias * mask)[mask == 1]
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


def _k_for(ratio, n):
    return min(int(Fraction(repr(ratio)) * n), n - 1)


def weakest(scores, k):
    return np.sort(np.argpartition(np.asarray(scores), k)[:k])


def refuse_bad(ratio, norm):
    problems = []
    if not math.isfinite(ratio) or not 0 <= ratio < 1:
        problems.append("ratio")
    if norm not in [1, 2]:
        problems.append("norm")
    if problems:
        raise ValueError("invalid: " + ", ".join(problems))


def filter_norms(weight, norm):
    axes = tuple(range(1, weight.ndim))
    precise = weight.astype("f8")
    if norm == 2:
        return np.sqrt(np.square(precise).sum(axis=axes))
    return np.absolute(precise).sum(axis=axes)
