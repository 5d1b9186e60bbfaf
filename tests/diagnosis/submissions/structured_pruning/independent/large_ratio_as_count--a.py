"""Structured pruning by filter norm: whole channels go, everything that follows them goes too."""

import copy
import math
from fractions import Fraction
import numpy as np

import judge.nn as nn


def filter_norms(weight, norm):
    flat = np.abs(weight.astype(np.float64)).reshape(weight.shape[0], -1)
    if norm == 1:
        return flat.sum(axis=1)
    return np.sqrt((flat * flat).sum(axis=1))


def refuse_bad(ratio, norm):
    if not math.isfinite(ratio) or ratio < 0:
        raise ValueError(f"ratio {ratio}")
    if norm not in (1, 2):
        raise ValueError(f"norm {norm}")


def survivor_flags(scores, k):
    on = np.zeros(len(scores), dtype=bool)
    on[np.argpartition(np.asarray(scores), k)[k:]] = True
    return on


def _k_for(ratio, n):
    if ratio >= 1:
        return min(int(ratio), n - 1)
    return min(int(Fraction(repr(ratio)) * n), n - 1)


def v_cut(vector, flags):
    return vector.reshape(flags.size, -1)[flags].ravel()


def cut_matrix(weight, flags):
    outs, ins = weight.shape
    return weight.reshape(outs, flags.size, ins // flags.size)[:, flags].reshape(outs, -1)


def choose(model, ratio, norm):
    heavy = [k for k, item in enumerate(model) if isinstance(item, (nn.Linear, nn.Conv2d))]
    for k in heavy:
        weight = model[k].weight
        if k == heavy[-1]:
            yield k, np.ones(weight.shape[0], dtype=bool)
        else:
            yield k, survivor_flags(filter_norms(weight, norm), _k_for(ratio, weight.shape[0]))


def apply(model, decisions):
    seen = None
    for k, item in enumerate(model):
        match item:
            case nn.Linear():
                weight = item.weight if seen is None else cut_matrix(item.weight, seen)
                seen = decisions[k]
                yield nn.Linear(weight[seen], item.bias[seen] if item.bias is not None else None)
            case nn.Conv2d():
                weight = item.weight if seen is None else item.weight[:, seen]
                seen = decisions[k]
                bias = item.bias[seen] if item.bias is not None else None
                yield nn.Conv2d(weight[seen], bias, item.stride, item.padding, item.groups)
            case nn.BatchNorm1d() | nn.BatchNorm2d() if seen is not None:
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
    refuse_bad(ratio, norm)
    decisions = dict(choose(model, ratio, norm))
    smaller = nn.Sequential(list(apply(model, decisions)))
    return smaller, {f"{k}.weight": flags for k, flags in decisions.items()}
