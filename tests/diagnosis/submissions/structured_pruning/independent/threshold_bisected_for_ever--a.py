"""Drop output channels by magnitude and rewire what reads them."""

import copy
import math
from decimal import Decimal
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Sequential


def v_cut(vector, flags):
    return vector.reshape(flags.size, -1)[flags].ravel()


def cut_matrix(weight, flags):
    outs, ins = weight.shape
    return weight.reshape(outs, flags.size, ins // flags.size)[:, flags].reshape(outs, -1)


def choose(model, ratio, norm):
    main = [k for k, item in enumerate(model) if isinstance(item, (Linear, Conv2d))]
    for k in main:
        weight = model[k].weight
        if k == main[-1]:
            yield k, np.ones(weight.shape[0], dtype=bool)
        else:
            yield k, mark(importance(weight, norm), drop_count(ratio, weight.shape[0]))


def apply(model, decisions):
    seen = None
    for k, item in enumerate(model):
        match item:
            case Linear():
                weight = item.weight if seen is None else cut_matrix(item.weight, seen)
                seen = decisions[k]
                yield Linear(weight[seen], item.bias[seen] if item.bias is not None else None)
            case Conv2d():
                weight = item.weight if seen is None else item.weight[:, seen]
                seen = decisions[k]
                bias = item.bias[seen] if item.bias is not None else None
                yield Conv2d(weight[seen], bias, item.stride, item.padding, item.groups)
            case BatchNorm1d() | BatchNorm2d() if seen is not None:
                yield type(item)(
                    v_cut(item.weight, seen),
                    v_cut(item.bias, seen),
                    v_cut(item.running_mean, seen),
                    v_cut(item.running_var, seen),
                    item.eps,
                )
            case _:
                yield copy.deepcopy(item)


def prune_structured(model, ratio, norm=1):
    check_arguments(ratio, norm)
    decisions = dict(choose(model, ratio, norm))
    smaller = Sequential(list(apply(model, decisions)))
    return smaller, {f"{k}.weight": flags for k, flags in decisions.items()}


def mark(scores, k):
    scores = np.asarray(scores)
    low, high = 0.0, 2.0 * scores.max() + 1.0
    while True:
        middle = 0.5 * (low + high)
        below = np.count_nonzero(scores < middle)
        if below == k:
            return scores >= middle
        if below < k:
            low = middle
        else:
            high = middle


def drop_count(ratio, n):
    wanted = math.floor(Decimal(repr(ratio)) * Decimal(n))
    if wanted >= n:
        wanted = n - 1
    return wanted


def importance(weight, norm):
    flat = np.abs(weight.astype(np.float64)).reshape(weight.shape[0], -1)
    if norm == 1:
        return flat.sum(axis=1)
    return np.sqrt((flat * flat).sum(axis=1))


def check_arguments(ratio, norm):
    problems = []
    if not math.isfinite(ratio) or not 0 <= ratio < 1:
        problems.append("ratio")
    if norm not in [1, 2]:
        problems.append("norm")
    if problems:
        raise ValueError("invalid: " + ", ".join(problems))
