"""Drop output channels by magnitude and rewire what reads them."""

import copy
import heapq
import math
import numpy as np

from judge import nn


def importance(weight, norm):
    wide = weight.reshape(weight.shape[0], -1).astype(np.float64)
    return np.abs(wide).sum(axis=-1) if norm == 1 else np.sqrt(np.einsum("ij,ij->i", wide, wide))


def how_many(ratio, n):
    return min(int(ratio * n), n - 1)


def survivor_flags(scores, k):
    pairs = [(s, c) for c, s in enumerate(scores)]
    heapq.heapify(pairs)
    out = [True] * len(pairs)
    for _ in range(k):
        out[heapq.heappop(pairs)[1]] = False
    return np.array(out)


def _verify(ratio, norm):
    problems = []
    if not math.isfinite(ratio) or not 0 <= ratio < 1:
        problems.append("ratio")
    if norm not in [1, 2]:
        problems.append("norm")
    if problems:
        raise ValueError("invalid: " + ", ".join(problems))


def v_cut(vector, on):
    return vector.reshape(on.size, -1)[on].ravel()


def cut_matrix(weight, on):
    outs, ins = weight.shape
    return weight.reshape(outs, on.size, ins // on.size)[:, on].reshape(outs, -1)


def choose(model, ratio, norm):
    main = [k for k, item in enumerate(model) if isinstance(item, (nn.Linear, nn.Conv2d))]
    for k in main:
        weight = model[k].weight
        if k == main[-1]:
            yield k, np.ones(weight.shape[0], dtype=bool)
        else:
            yield k, survivor_flags(importance(weight, norm), how_many(ratio, weight.shape[0]))


def apply(model, kept_by):
    seen = None
    for k, item in enumerate(model):
        match item:
            case nn.Linear():
                weight = item.weight if seen is None else cut_matrix(item.weight, seen)
                seen = kept_by[k]
                yield nn.Linear(weight[seen], item.bias[seen] if item.bias is not None else None)
            case nn.Conv2d():
                weight = item.weight if seen is None else item.weight[:, seen]
                seen = kept_by[k]
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
    _verify(ratio, norm)
    kept_by = dict(choose(model, ratio, norm))
    smaller = nn.Sequential(list(apply(model, kept_by)))
    return smaller, {f"{k}.weight": on for k, on in kept_by.items()}
