"""Cut weak filters out of a network, layer by layer."""

import copy
import math
import itertools
import functools
from fractions import Fraction
import numpy as np

from judge import nn


def losers(scores, k):
    least, choice = math.inf, ()
    for candidate in itertools.combinations(range(len(scores)), k):
        together = math.fsum(scores[c] for c in candidate)
        if together < least:
            least, choice = together, candidate
    return list(choice)


def quota(ratio, n):
    staying = n - math.floor(Fraction(repr(ratio)) * n)
    return n - max(staying, 1)


def strengths(weight, norm):
    rows = np.asarray(weight, dtype=np.float64).reshape(len(weight), -1)
    return np.linalg.norm(rows, ord=norm, axis=1)


def guard(ratio, norm):
    problems = []
    if not math.isfinite(ratio) or not 0 <= ratio < 1:
        problems.append("ratio")
    if norm not in [1, 2]:
        problems.append("norm")
    if problems:
        raise ValueError("invalid: " + ", ".join(problems))


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
        dead = list(losers(strengths(layer.weight, state["norm"]), quota(state["ratio"], n)))
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
