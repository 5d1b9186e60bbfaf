"""Prune whole filters, keep the rest as it is."""

import copy
from decimal import Decimal
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Sequential


def v_cut(vector, flags):
    return vector.reshape(flags.size, -1)[flags].ravel()


def cut_matrix(weight, flags):
    outs, ins = weight.shape
    return weight.reshape(outs, flags.size, ins // flags.size)[:, flags].reshape(outs, -1)


def choose(model, ratio, norm):
    heavy = [k for k, item in enumerate(model) if isinstance(item, (Linear, Conv2d))]
    for k in heavy:
        weight = model[k].weight
        if k == heavy[-1]:
            yield k, np.ones(weight.shape[0], dtype=bool)
        else:
            yield k, mark(importance(weight, norm), quota(ratio, weight.shape[0]))


def apply(model, kept_by):
    seen = None
    for k, item in enumerate(model):
        match item:
            case Linear():
                weight = item.weight if seen is None else cut_matrix(item.weight, seen)
                seen = kept_by[k]
                yield Linear(weight[seen], item.bias[seen] if item.bias is not None else None)
            case Conv2d():
                weight = item.weight if seen is None else item.weight[:, seen]
                seen = kept_by[k]
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
    if not (ratio >= 0.0 and ratio < 1.0):
        raise ValueError("ratio out of range")
    if norm not in {1, 2}:
        raise ValueError("only the L1 and L2 norms are known")
    kept_by = dict(choose(model, ratio, norm))
    smaller = Sequential(list(apply(model, kept_by)))
    return smaller, {f"{k}.weight": flags for k, flags in kept_by.items()}


def mark(scores, k):
    weakest = set(sorted(range(len(scores)), key=lambda c: (scores[c], c))[:k])
    return np.array([c not in weakest for c in range(len(scores))])


def quota(ratio, n):
    top, bottom = Decimal(ratio).as_integer_ratio()
    return min(n - 1, top * n // bottom)


def importance(weight, norm):
    wide = weight.reshape(weight.shape[0], -1).astype(np.float64)
    return np.abs(wide).sum(axis=-1) if norm == 1 else np.sqrt(np.einsum("ij,ij->i", wide, wide))
