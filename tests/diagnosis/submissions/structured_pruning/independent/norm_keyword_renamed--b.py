"""Prune whole filters, keep the rest as it is."""

import copy
import math
from decimal import Decimal
import numpy as np

import judge.nn as nn


def cut_vector(vector, flags):
    return vector.reshape(flags.size, -1)[flags].ravel()


def slim_matrix(weight, flags):
    outs, ins = weight.shape
    return weight.reshape(outs, flags.size, ins // flags.size)[:, flags].reshape(outs, -1)


def choose(model, ratio, norm):
    weighted_layers = [k for k, item in enumerate(model) if isinstance(item, (nn.Linear, nn.Conv2d))]
    for k in weighted_layers:
        weight = model[k].weight
        if k == weighted_layers[-1]:
            yield k, np.ones(weight.shape[0], dtype=bool)
        else:
            yield k, mark(_measure(weight, norm), drop_count(ratio, weight.shape[0]))


def apply(model, decisions):
    latest = None
    for k, item in enumerate(model):
        match item:
            case nn.Linear():
                weight = item.weight if latest is None else slim_matrix(item.weight, latest)
                latest = decisions[k]
                yield nn.Linear(weight[latest], item.bias[latest] if item.bias is not None else None)
            case nn.Conv2d():
                weight = item.weight if latest is None else item.weight[:, latest]
                latest = decisions[k]
                bias = item.bias[latest] if item.bias is not None else None
                yield nn.Conv2d(weight[latest], bias, item.stride, item.padding, item.groups)
            case nn.BatchNorm1d() | nn.BatchNorm2d() if latest is not None:
                yield type(item)(
                    cut_vector(item.weight, latest),
                    cut_vector(item.bias, latest),
                    cut_vector(item.running_mean, latest),
                    cut_vector(item.running_var, latest),
                    item.eps,
                )
            case _:
                yield copy.deepcopy(item)


def prune_structured(model, ratio, order=1):
    _verify(ratio, order)
    decisions = dict(choose(model, ratio, order))
    smaller = nn.Sequential(list(apply(model, decisions)))
    return smaller, {f"{k}.weight": flags for k, flags in decisions.items()}


def mark(scores, k):
    weakest = set(sorted(range(len(scores)), key=lambda c: (scores[c], c))[:k])
    return np.array([c not in weakest for c in range(len(scores))])


def drop_count(ratio, n):
    return min(math.ceil(Decimal(repr(ratio)) * n), n - 1)


def _measure(weight, norm):
    power = np.abs(weight.astype(float)) ** norm
    return power.reshape(power.shape[0], -1).sum(axis=1) ** (1.0 / norm)


def _verify(ratio, norm):
    problems = []
    if not math.isfinite(ratio) or not 0 <= ratio < 1:
        problems.append("ratio")
    if norm not in [1, 2]:
        problems.append("norm")
    if problems:
        raise ValueError("invalid: " + ", ".join(problems))
