"""Cut weak filters out of a network, layer by layer."""

import copy
import math
from decimal import Decimal
import numpy as np

import judge.nn as nn


def strengths(weight, norm):
    strength = {1: lambda row: float(np.abs(row).sum()), 2: lambda row: math.sqrt(float(row @ row))}[norm]
    return [strength(row.astype(np.float64).ravel()) for row in weight]


def _verify(ratio, norm):
    problems = []
    if not math.isfinite(ratio) or not 0 <= ratio < 1:
        problems.append("ratio")
    if norm not in [1, 2]:
        problems.append("norm")
    if problems:
        raise ValueError("invalid: " + ", ".join(problems))


def number_to_cut(ratio, n):
    """How many of ``n`` go."""
    top, bottom = Decimal(repr(ratio)).as_integer_ratio()
    return min(top * n // bottom, n - 1)


def slim_vector(vector, flags):
    return vector.reshape(flags.size, -1)[flags].ravel()


def cut_matrix(weight, flags):
    height, ins = weight.shape
    return weight.reshape(height, flags.size, ins // flags.size)[:, flags].reshape(height, -1)


def choose(model, ratio, norm):
    main = [k for k, item in enumerate(model) if isinstance(item, (nn.Linear, nn.Conv2d))]
    scores = [np.asarray(strengths(model[k].weight, norm)) for k in main[:-1]]
    if scores:
        flat = np.concatenate(scores)
        stays = np.ones(flat.size, dtype=bool)
        stays[np.argsort(flat)[: number_to_cut(ratio, flat.size)]] = False
        for k, layer, mine in zip(main, np.split(stays, np.cumsum([s.size for s in scores])[:-1]), scores):
            if not layer.any():
                layer[mine.argmax()] = True
            yield k, layer
    yield main[-1], np.ones(len(model[main[-1]].weight), dtype=bool)


def apply(model, decisions):
    active = None
    for k, item in enumerate(model):
        match item:
            case nn.Linear():
                weight = item.weight if active is None else cut_matrix(item.weight, active)
                active = decisions[k]
                yield nn.Linear(weight[active], item.bias[active] if item.bias is not None else None)
            case nn.Conv2d():
                weight = item.weight if active is None else item.weight[:, active]
                active = decisions[k]
                bias = item.bias[active] if item.bias is not None else None
                yield nn.Conv2d(weight[active], bias, item.stride, item.padding, item.groups)
            case nn.BatchNorm1d() | nn.BatchNorm2d() if active is not None:
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
    _verify(ratio, norm)
    decisions = dict(choose(model, ratio, norm))
    smaller = nn.Sequential(list(apply(model, decisions)))
    return smaller, {f"{k}.weight": flags for k, flags in decisions.items()}
