"""Structured pruning by filter norm: whole channels go, everything that follows them goes too."""

import copy
import math
import functools
from fractions import Fraction
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
        dead = list(losers(row_norms(layer.weight, state["norm"]), drop_count(state["ratio"], n)))
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


def losers(scores, k):
    return np.sort(np.argsort(scores, kind="stable")[:k])


def guard(ratio, norm):
    problems = []
    if not math.isfinite(ratio) or not 0 <= ratio < 1:
        problems.append("ratio")
    if norm not in [1, 2]:
        problems.append("norm")
    if problems:
        raise ValueError("invalid: " + ", ".join(problems))


def drop_count(ratio, n):
    top, bottom = Fraction(repr(ratio)).as_integer_ratio()
    return (top * n + bottom - 1) // bottom


def row_norms(weight, norm):
    wide = weight.reshape(weight.shape[0], -1).astype(np.float64)
    return np.abs(wide).sum(axis=-1) if norm == 1 else np.sqrt(np.einsum("ij,ij->i", wide, wide))
