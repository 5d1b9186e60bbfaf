"""Remove the channels with the smallest norms and return the smaller network with its masks."""

import copy
import math
from decimal import Decimal
import numpy as np

import judge.nn as nn


def select(scores, k):
    position = np.empty(len(scores), dtype=int)
    position[np.argsort(scores, kind="mergesort")] = np.arange(len(scores))
    return position >= k


def victims(ratio, n):
    wanted = math.floor(Decimal(repr(ratio)) * Decimal(n))
    if wanted >= n:
        wanted = n - 1
    return wanted


def magnitudes(weight, norm):
    flat = np.abs(weight.astype(np.float64)).reshape(weight.shape[0], -1)
    if norm == 1:
        return flat.sum(axis=1)
    return np.sqrt((flat * flat).sum(axis=1))


def v_cut(vector, flags):
    return vector.reshape(flags.size, -1)[flags].ravel()


def m_cut(weight, flags):
    height, ins = weight.shape
    return weight.reshape(height, flags.size, ins // flags.size)[:, flags].reshape(height, -1)


def choose(model, ratio, norm):
    weighted_layers = [k for k, item in enumerate(model) if isinstance(item, (nn.Linear, nn.Conv2d))]
    for k in weighted_layers:
        weight = model[k].weight
        if k == weighted_layers[-1]:
            yield k, np.ones(weight.shape[0], dtype=bool)
        else:
            yield k, select(magnitudes(weight, norm), victims(ratio, weight.shape[0]))


def apply(model, decisions):
    latest = None
    for k, item in enumerate(model):
        match item:
            case nn.Linear():
                weight = item.weight if latest is None else m_cut(item.weight, latest)
                latest = decisions[k]
                yield nn.Linear(weight[latest], item.bias[latest] if item.bias is not None else None)
            case nn.Conv2d():
                weight = item.weight if latest is None else item.weight[:, latest]
                latest = decisions[k]
                bias = item.bias[latest] if item.bias is not None else None
                yield nn.Conv2d(weight[latest], bias, item.stride, item.padding, item.groups)
            case nn.BatchNorm1d() | nn.BatchNorm2d() if latest is not None:
                for name in ("weight", "bias", "running_mean", "running_var"):
                    setattr(item, name, v_cut(getattr(item, name), latest))
                yield item
            case _:
                yield copy.deepcopy(item)


def prune_structured(model, ratio, norm=1):
    if not (ratio >= 0.0 and ratio < 1.0):
        raise ValueError("ratio out of range")
    if norm not in {1, 2}:
        raise ValueError("only the L1 and L2 norms are known")
    decisions = dict(choose(model, ratio, norm))
    smaller = nn.Sequential(list(apply(model, decisions)))
    return smaller, {f"{k}.weight": flags for k, flags in decisions.items()}
