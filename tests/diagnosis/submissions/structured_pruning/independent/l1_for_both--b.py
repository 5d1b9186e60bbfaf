"""Prune whole filters, keep the rest as it is."""

import copy
import math
from decimal import Decimal
import numpy as np

from judge import nn


def cut_vector(vector, flags):
    return vector.reshape(flags.size, -1)[flags].ravel()


def slim_matrix(weight, flags):
    n_out, ins = weight.shape
    return weight.reshape(n_out, flags.size, ins // flags.size)[:, flags].reshape(n_out, -1)


def choose(model, ratio, norm):
    heavy = [k for k, item in enumerate(model) if isinstance(item, (nn.Linear, nn.Conv2d))]
    for k in heavy:
        weight = model[k].weight
        if k == heavy[-1]:
            yield k, np.ones(weight.shape[0], dtype=bool)
        else:
            yield k, mark(row_norms(weight), number_to_cut(ratio, weight.shape[0]))


def apply(model, table):
    active = None
    for k, item in enumerate(model):
        match item:
            case nn.Linear():
                weight = item.weight if active is None else slim_matrix(item.weight, active)
                active = table[k]
                yield nn.Linear(weight[active], item.bias[active] if item.bias is not None else None)
            case nn.Conv2d():
                weight = item.weight if active is None else item.weight[:, active]
                active = table[k]
                bias = item.bias[active] if item.bias is not None else None
                yield nn.Conv2d(weight[active], bias, item.stride, item.padding, item.groups)
            case nn.BatchNorm1d() | nn.BatchNorm2d() if active is not None:
                yield type(item)(
                    cut_vector(item.weight, active),
                    cut_vector(item.bias, active),
                    cut_vector(item.running_mean, active),
                    cut_vector(item.running_var, active),
                    item.eps,
                )
            case _:
                yield copy.deepcopy(item)


def prune_structured(model, ratio, norm=1):
    if not (ratio >= 0.0 and ratio < 1.0):
        raise ValueError("ratio out of range")
    if norm not in {1, 2}:
        raise ValueError("only the L1 and L2 norms are known")
    table = dict(choose(model, ratio, norm))
    smaller = nn.Sequential(list(apply(model, table)))
    return smaller, {f"{k}.weight": flags for k, flags in table.items()}


def mark(scores, k):
    on = np.zeros(len(scores), dtype=bool)
    on[np.argpartition(np.asarray(scores), k)[k:]] = True
    return on


def row_norms(weight):
    return [math.fsum(abs(v) for v in row.ravel().tolist()) for row in weight]


def number_to_cut(ratio, n):
    wanted = math.floor(Decimal(repr(ratio)) * Decimal(n))
    if wanted >= n:
        wanted = n - 1
    return wanted
