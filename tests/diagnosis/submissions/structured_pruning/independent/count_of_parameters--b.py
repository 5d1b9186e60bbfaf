"""Structured pruning by filter norm: whole channels go, everything that follows them goes too."""

import copy
import heapq
import math
from decimal import Decimal
import numpy as np

from judge import nn


def slim_vector(vector, on):
    return vector.reshape(on.size, -1)[on].ravel()


def slim_matrix(weight, on):
    height, ins = weight.shape
    return weight.reshape(height, on.size, ins // on.size)[:, on].reshape(height, -1)


def choose(model, ratio, norm):
    main = [k for k, item in enumerate(model) if isinstance(item, (nn.Linear, nn.Conv2d))]
    for k in main:
        weight = model[k].weight
        if k == main[-1]:
            yield k, np.ones(weight.shape[0], dtype=bool)
        else:
            yield k, select(magnitudes(weight, norm), number_to_cut(ratio, model[k]))


def apply(model, decisions):
    seen = None
    for k, item in enumerate(model):
        match item:
            case nn.Linear():
                weight = item.weight if seen is None else slim_matrix(item.weight, seen)
                seen = decisions[k]
                yield nn.Linear(weight[seen], item.bias[seen] if item.bias is not None else None)
            case nn.Conv2d():
                weight = item.weight if seen is None else item.weight[:, seen]
                seen = decisions[k]
                bias = item.bias[seen] if item.bias is not None else None
                yield nn.Conv2d(weight[seen], bias, item.stride, item.padding, item.groups)
            case nn.BatchNorm1d() | nn.BatchNorm2d() if seen is not None:
                yield type(item)(
                    slim_vector(item.weight, seen),
                    slim_vector(item.bias, seen),
                    slim_vector(item.running_mean, seen),
                    slim_vector(item.running_var, seen),
                    item.eps,
                )
            case _:
                yield copy.deepcopy(item)


def prune_structured(model, ratio, norm=1):
    refuse_bad(ratio, norm)
    decisions = dict(choose(model, ratio, norm))
    smaller = nn.Sequential(list(apply(model, decisions)))
    return smaller, {f"{k}.weight": on for k, on in decisions.items()}


def refuse_bad(ratio, norm):
    if not 0 <= ratio < 1:
        raise ValueError(f"ratio must lie in [0, 1), not {ratio}")
    if norm not in (1, 2):
        raise ValueError(f"norm must be 1 or 2, not {norm}")


def magnitudes(weight, norm):
    strength = {1: lambda row: float(np.abs(row).sum()), 2: lambda row: math.sqrt(float(row @ row))}[norm]
    return [strength(row.astype(np.float64).ravel()) for row in weight]


def number_to_cut(ratio, layer):
    size = sum(array.size for _, array in layer.named_parameters())
    wanted = math.floor(Decimal(repr(ratio)) * size)
    return min(wanted, layer.weight.shape[0] - 1)


def select(scores, k):
    pairs = [(s, c) for c, s in enumerate(scores)]
    heapq.heapify(pairs)
    out = [True] * len(pairs)
    for _ in range(k):
        out[heapq.heappop(pairs)[1]] = False
    return np.array(out)
