"""Set the weights of smallest magnitude to zero and say which stayed."""

import copy
import math
from fractions import Fraction

import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Residual, Sequential


def verify_arguments(sparsity, scope):
    bad = not math.isfinite(sparsity) or sparsity < 0 or sparsity > 1
    if bad:
        raise ValueError("the sparsity has to lie in [0, 1]")
    if scope != "layer" and scope != "global":
        raise ValueError("the scope is either layer or global")


def weight_layers(root_net, prefix=""):
    seen = []
    for slot, layer in enumerate(root_net.layers):
        name = f"{prefix}{slot}"
        if isinstance(layer, Residual):
            seen += weight_layers(layer.body, name + ".body.")
            if layer.shortcut is not None:
                seen += weight_layers(layer.shortcut, name + ".shortcut.")
        elif isinstance(layer, Conv2d) or isinstance(layer, Linear):
            seen.append((name, layer))
    return seen


def choose_smallest(magnitude, k):
    if k == 0:
        return np.zeros(magnitude.shape, dtype=bool)
    pivot_value = np.partition(magnitude, k - 1)[k - 1]
    out = magnitude < pivot_value
    ties = np.flatnonzero(magnitude == pivot_value)
    out[ties[: k - np.count_nonzero(out)]] = True
    return out


def budget_for(sparsity, ordered):
    exact = Fraction(repr(sparsity)) * ordered
    whole, rest = divmod(exact, 1)
    return int(whole) + (1 if rest > 0 else 0)


def decide(model, sparsity, scope):
    tables = {name: unit.weight for name, unit in weight_layers(model)}
    if scope == "layer":
        return {
            name: ~choose_smallest(np.absolute(w).reshape(-1), budget_for(sparsity, w.size)).reshape(w.shape) for name, w in tables.items()
        }
    vec = np.concatenate([np.absolute(w).reshape(-1) for w in tables.values()])
    stays = iter(np.split(~choose_smallest(vec, budget_for(sparsity, vec.size)), np.cumsum([w.size for w in tables.values()])))
    return {name: next(stays).reshape(w.shape) for name, w in tables.items()}


def rebuild(root_net, survivors_of, prefix=""):
    layers = []
    for spot, before in enumerate(root_net.layers):
        name = prefix + str(spot)
        if isinstance(before, Residual):
            body = rebuild(before.body, survivors_of, name + ".body.")
            shortcut = None if before.shortcut is None else rebuild(before.shortcut, survivors_of, name + ".shortcut.")
            new = Residual(body, shortcut)
        elif isinstance(before, (Linear, Conv2d)):
            weight = before.weight.copy()
            weight[~survivors_of[name]] = 0
            bias = None if before.bias is None else before.bias.copy()
            if isinstance(before, Conv2d):
                new = Conv2d(weight, bias, before.stride, before.padding, before.groups)
            else:
                new = Linear(weight, bias)
        elif isinstance(before, (BatchNorm1d, BatchNorm2d)):
            tables = (before.weight, before.bias, before.running_mean, before.running_var)
            new = type(before)(*[array.copy() for array in tables])
        else:
            new = copy.copy(before)
        layers.append(new)
    return Sequential(layers)


def prune_weights(model, sparsity, scope="layer"):
    verify_arguments(sparsity, scope)
    survivors_of = decide(model, sparsity, scope)
    return rebuild(model, survivors_of), {f"{name}.weight": stay_mask for name, stay_mask in survivors_of.items()}
