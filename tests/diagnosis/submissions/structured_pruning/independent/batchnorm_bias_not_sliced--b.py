"""Cut weak filters out of a network, layer by layer."""

import copy
import math
from decimal import Decimal
import numpy as np

import judge.nn as nn


def survivor_flags(scores, k):
    weakest = set(sorted(range(len(scores)), key=lambda c: (scores[c], c))[:k])
    return np.array([c not in weakest for c in range(len(scores))])


def importance(weight, norm):
    strength = {1: lambda row: float(np.abs(row).sum()), 2: lambda row: math.sqrt(float(row @ row))}[norm]
    return [strength(row.astype(np.float64).ravel()) for row in weight]


def number_to_cut(ratio, n):
    wanted = math.floor(Decimal(repr(ratio)) * Decimal(n))
    if wanted >= n:
        wanted = n - 1
    return wanted


def slim_vector(vector, bits):
    return vector.reshape(bits.size, -1)[bits].ravel()


def m_cut(weight, bits):
    outs, ins = weight.shape
    return weight.reshape(outs, bits.size, ins // bits.size)[:, bits].reshape(outs, -1)


def choose(model, ratio, norm):
    main = [k for k, item in enumerate(model) if isinstance(item, (nn.Linear, nn.Conv2d))]
    for k in main:
        weight = model[k].weight
        if k == main[-1]:
            yield k, np.ones(weight.shape[0], dtype=bool)
        else:
            yield k, survivor_flags(importance(weight, norm), number_to_cut(ratio, weight.shape[0]))


def apply(model, table):
    latest = None
    for k, item in enumerate(model):
        match item:
            case nn.Linear():
                weight = item.weight if latest is None else m_cut(item.weight, latest)
                latest = table[k]
                yield nn.Linear(weight[latest], item.bias[latest] if item.bias is not None else None)
            case nn.Conv2d():
                weight = item.weight if latest is None else item.weight[:, latest]
                latest = table[k]
                bias = item.bias[latest] if item.bias is not None else None
                yield nn.Conv2d(weight[latest], bias, item.stride, item.padding, item.groups)
            case nn.BatchNorm1d() | nn.BatchNorm2d() if latest is not None:
                yield type(item)(
                    slim_vector(item.weight, latest),
                    item.bias.copy(),
                    slim_vector(item.running_mean, latest),
                    slim_vector(item.running_var, latest),
                    item.eps,
                )
            case _:
                yield copy.deepcopy(item)


def prune_structured(model, ratio, norm=1):
    if norm not in (1, 2) or not (0.0 <= ratio < 1.0):
        raise ValueError(f"cannot prune with ratio={ratio!r}, norm={norm!r}")
    table = dict(choose(model, ratio, norm))
    smaller = nn.Sequential(list(apply(model, table)))
    return smaller, {f"{k}.weight": bits for k, bits in table.items()}
