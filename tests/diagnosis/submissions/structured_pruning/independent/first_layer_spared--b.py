"""Drop output channels by magnitude and rewire what reads them."""

import copy
import math
from decimal import Decimal
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Sequential


def importance(weight, norm):
    result = []
    for row in weight:
        values = row.ravel().tolist()
        if norm == 1:
            result.append(math.fsum(abs(v) for v in values))
        else:
            result.append(math.sqrt(math.fsum(v * v for v in values)))
    return result


def mark(scores, k):
    weakest = set(sorted(range(len(scores)), key=lambda c: (scores[c], c))[:k])
    return np.array([c not in weakest for c in range(len(scores))])


def drop_count(ratio, n):
    wanted = math.floor(Decimal(repr(ratio)) * Decimal(n))
    if wanted >= n:
        wanted = n - 1
    return wanted


def slim_vector(vector, bits):
    return vector.reshape(bits.size, -1)[bits].ravel()


def cut_matrix(weight, bits):
    outs, ins = weight.shape
    return weight.reshape(outs, bits.size, ins // bits.size)[:, bits].reshape(outs, -1)


def choose(model, ratio, norm):
    main = [k for k, item in enumerate(model) if isinstance(item, (Linear, Conv2d))]
    for k in main:
        weight = model[k].weight
        if k in (main[0], main[-1]):
            yield k, np.ones(weight.shape[0], dtype=bool)
        else:
            yield k, mark(importance(weight, norm), drop_count(ratio, weight.shape[0]))


def apply(model, kept_by):
    active = None
    for k, item in enumerate(model):
        match item:
            case Linear():
                weight = item.weight if active is None else cut_matrix(item.weight, active)
                active = kept_by[k]
                yield Linear(weight[active], item.bias[active] if item.bias is not None else None)
            case Conv2d():
                weight = item.weight if active is None else item.weight[:, active]
                active = kept_by[k]
                bias = item.bias[active] if item.bias is not None else None
                yield Conv2d(weight[active], bias, item.stride, item.padding, item.groups)
            case BatchNorm1d() | BatchNorm2d() if active is not None:
                yield type(item)(
                    slim_vector(item.weight, active),
                    slim_vector(item.bias, active),
                    slim_vector(item.running_mean, active),
                    slim_vector(item.running_var, active),
                    item.eps,
                )
            case _:
                yield copy.deepcopy(item)


def prune_structured(model, ratio, norm=1):
    if not (ratio >= 0.0 and ratio < 1.0):
        raise ValueError("ratio out of range")
    if norm not in {1, 2}:
        raise ValueError("only the L1 and L2 norms are known")
    kept_by = dict(choose(model, ratio, norm))
    smaller = Sequential(list(apply(model, kept_by)))
    return smaller, {f"{k}.weight": bits for k, bits in kept_by.items()}
