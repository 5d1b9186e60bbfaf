"""Make a network narrower: prune_structured(model, ratio, norm)."""

import copy
import heapq
from fractions import Fraction
import numpy as np

from judge import nn


def slim_bias(bias, flags):
    if bias is None:
        return None
    factor = np.where(flags, 1.0, 0.0)
    return np.asarray(bias * factor)[factor == 1.0]


def quota(ratio, n):
    top, bottom = Fraction(repr(ratio)).as_integer_ratio()
    whole, rest = divmod(top * n, bottom)
    if rest:
        whole += 1
    return whole if whole < n else n - 1


def strengths(weight, norm):
    flat = np.abs(weight.astype(np.float64)).reshape(weight.shape[0], -1)
    if norm == 1:
        return flat.sum(axis=1)
    return np.sqrt((flat * flat).sum(axis=1))


def survivor_flags(scores, k):
    pairs = [(s, c) for c, s in enumerate(scores)]
    heapq.heapify(pairs)
    out = [True] * len(pairs)
    for _ in range(k):
        out[heapq.heappop(pairs)[1]] = False
    return np.array(out)


def slim_vector(vector, flags):
    return vector.reshape(flags.size, -1)[flags].ravel()


def m_cut(weight, flags):
    n_out, ins = weight.shape
    return weight.reshape(n_out, flags.size, ins // flags.size)[:, flags].reshape(n_out, -1)


def choose(model, ratio, norm):
    main = [k for k, item in enumerate(model) if isinstance(item, (nn.Linear, nn.Conv2d))]
    for k in main:
        weight = model[k].weight
        if k == main[-1]:
            yield k, np.ones(weight.shape[0], dtype=bool)
        else:
            yield k, survivor_flags(strengths(weight, norm), quota(ratio, weight.shape[0]))


def apply(model, kept_by):
    latest = None
    for k, item in enumerate(model):
        match item:
            case nn.Linear():
                weight = item.weight if latest is None else m_cut(item.weight, latest)
                latest = kept_by[k]
                yield nn.Linear(weight[latest], slim_bias(item.bias, latest))
            case nn.Conv2d():
                weight = item.weight if latest is None else item.weight[:, latest]
                latest = kept_by[k]
                yield nn.Conv2d(weight[latest], slim_bias(item.bias, latest), item.stride, item.padding, item.groups)
            case nn.BatchNorm1d() | nn.BatchNorm2d() if latest is not None:
                yield type(item)(
                    slim_vector(item.weight, latest),
                    slim_vector(item.bias, latest),
                    slim_vector(item.running_mean, latest),
                    slim_vector(item.running_var, latest),
                    item.eps,
                )
            case _:
                yield copy.deepcopy(item)


def prune_structured(model, ratio, norm=1):
    if norm not in (1, 2) or not (0.0 <= ratio < 1.0):
        raise ValueError(f"cannot prune with ratio={ratio!r}, norm={norm!r}")
    kept_by = dict(choose(model, ratio, norm))
    smaller = nn.Sequential(list(apply(model, kept_by)))
    return smaller, {f"{k}.weight": flags for k, flags in kept_by.items()}
