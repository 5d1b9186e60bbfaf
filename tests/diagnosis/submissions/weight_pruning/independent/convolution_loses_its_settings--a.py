"""Return a sparse copy of a network together with its masks."""

import copy
import math
from decimal import Decimal

import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Residual, Sequential


def budget_for(p, n):
    """Number of zeros among n, in exact decimal arithmetic."""
    return int(Decimal(repr(p)) * n // 1)


class Refusal(ValueError):
    """An argument that makes no sense."""


def _check(amount, kind):
    if math.isnan(amount):
        raise Refusal("sparsity is NaN")
    if amount < 0 or 1 < amount:
        raise Refusal("sparsity must be between 0 and 1")
    if kind not in ["layer", "global"]:
        raise Refusal("no such scope: " + str(kind))


def pick_dropped(vec1, k):
    numbers = vec1.tolist()
    ranking = sorted(range(len(numbers)), key=numbers.__getitem__)
    falls = [False] * len(numbers)
    for place in ranking[:k]:
        falls[place] = True
    return np.array(falls, dtype=bool)


def find_layers(network):
    for title, layer in network.named_modules():
        if isinstance(layer, (Linear, Conv2d)):
            yield title, layer


def decide(model, sparsity, scope):
    ws_by_name = {name: unit.weight for name, unit in find_layers(model)}
    if scope == "layer":
        return {
            name: ~pick_dropped(np.fabs(w).flatten(), budget_for(sparsity, w.size)).reshape(w.shape) for name, w in ws_by_name.items()
        }
    row_vector = np.concatenate([np.fabs(w).flatten() for w in ws_by_name.values()])
    stays = iter(np.split(~pick_dropped(row_vector, budget_for(sparsity, row_vector.size)), np.cumsum([w.size for w in ws_by_name.values()])))
    return {name: next(stays).reshape(w.shape) for name, w in ws_by_name.items()}


def construct(top, stay_by_name, prefix=""):
    stack_of = []
    for i, before in enumerate(top.layers):
        name = prefix + str(i)
        if isinstance(before, Residual):
            body = construct(before.body, stay_by_name, name + ".body.")
            skip = None if before.shortcut is None else construct(before.shortcut, stay_by_name, name + ".shortcut.")
            built = Residual(body, skip)
        elif isinstance(before, (Linear, Conv2d)):
            weight = before.weight.copy()
            weight[~stay_by_name[name]] = 0
            bias = None if before.bias is None else before.bias.copy()
            if isinstance(before, Conv2d):
                built = Conv2d(weight, bias)
            else:
                built = Linear(weight, bias)
        elif isinstance(before, (BatchNorm1d, BatchNorm2d)):
            ws_by_name = (before.weight, before.bias, before.running_mean, before.running_var)
            built = type(before)(*[array.copy() for array in ws_by_name], before.eps)
        else:
            built = copy.copy(before)
        stack_of.append(built)
    return Sequential(stack_of)


def prune_weights(model, sparsity, scope="layer"):
    _check(sparsity, scope)
    stay_by_name = decide(model, sparsity, scope)
    return construct(model, stay_by_name), {f"{name}.weight": mask for name, mask in stay_by_name.items()}
