"""Channel pruning for plain NumPy networks."""

import copy
import heapq
from decimal import Decimal
import numpy as np

import judge.nn as nn


def how_many(ratio, n):
    """How many of ``n`` go."""
    top, bottom = Decimal(repr(ratio)).as_integer_ratio()
    return min(top * n // bottom, n - 1)


def mark(scores, k):
    pairs = [(s, c) for c, s in enumerate(scores)]
    heapq.heapify(pairs)
    out = [True] * len(pairs)
    for _ in range(k):
        out[heapq.heappop(pairs)[1]] = False
    return np.array(out)


def row_norms(weight, norm):
    axes = tuple(range(1, weight.ndim))
    precise = weight.astype("f8")
    if norm == 2:
        return np.sqrt(np.square(precise).sum(axis=axes))
    return np.absolute(precise).sum(axis=axes)


def v_cut(vector, bits):
    return vector.reshape(bits.size, -1)[bits].ravel()


def slim_matrix(weight, bits):
    outs, ins = weight.shape
    return weight.reshape(outs, bits.size, ins // bits.size)[:, bits].reshape(outs, -1)


def choose(model, ratio, norm):
    heavy = [k for k, item in enumerate(model) if isinstance(item, (nn.Linear, nn.Conv2d))]
    for k in heavy:
        weight = model[k].weight
        if k == heavy[-1]:
            yield k, np.ones(weight.shape[0], dtype=bool)
        else:
            yield k, mark(row_norms(weight, norm), how_many(ratio, weight.shape[0]))


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
                    v_cut(item.weight, latest),
                    v_cut(item.bias, latest),
                    v_cut(item.running_mean, latest),
                    v_cut(item.running_var, latest),
                )
            case _:
                yield copy.deepcopy(item)


def prune_structured(model, ratio, norm=1):
    if norm not in (1, 2) or not (0.0 <= ratio < 1.0):
        raise ValueError(f"cannot prune with ratio={ratio!r}, norm={norm!r}")
    decisions = dict(choose(model, ratio, norm))
    smaller = nn.Sequential(list(apply(model, decisions)))
    return smaller, {f"{k}.weight": bits for k, bits in decisions.items()}
