"""prune_weights: magnitude pruning with masks."""

import copy
from decimal import Decimal

import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Residual, Sequential


def prunable(network):
    leaves = network.named_modules()
    return [(key_name, leaf_layer) for key_name, leaf_layer in leaves if hasattr(leaf_layer, "weight") and not hasattr(leaf_layer, "running_mean")]


def _check(sparsity, scope):
    problems = []
    if not (sparsity >= 0 and sparsity <= 1):
        problems.append("sparsity")
    if ("layer", "global").count(scope) == 0:
        problems.append("scope")
    if problems:
        raise ValueError("bad " + " and ".join(problems))


def share_of(fraction, amounts):
    top, bottom = Decimal(repr(fraction)).as_integer_ratio()
    return top * amounts // bottom


def lowest(magnitude, k):
    if k == 0:
        return np.zeros(magnitude.shape, dtype=bool)
    kth = np.partition(magnitude, k - 1)[k - 1]
    living_flags = magnitude > kth
    return ~living_flags


def masks_for(model, sparsity, scope):
    ws_by_name = {label: layer.weight for label, layer in prunable(model)}
    if scope == "layer":
        return {
            label: ~lowest(np.abs(w).ravel(), share_of(sparsity, w.size)).reshape(w.shape) for label, w in ws_by_name.items()
        }
    vec = np.concatenate([np.abs(w).ravel() for w in ws_by_name.values()])
    living_flags = iter(np.split(~lowest(vec, share_of(sparsity, vec.size)), np.cumsum([w.size for w in ws_by_name.values()])))
    return {label: next(living_flags).reshape(w.shape) for label, w in ws_by_name.items()}


def rebuild(root_net, keepers_of, prefix=""):
    stack_of = []
    for i, before in enumerate(root_net.layers):
        label = prefix + str(i)
        if isinstance(before, Residual):
            body = rebuild(before.body, keepers_of, label + ".body.")
            shortcut = None if before.shortcut is None else rebuild(before.shortcut, keepers_of, label + ".shortcut.")
            built = Residual(body, shortcut)
        elif isinstance(before, (Linear, Conv2d)):
            weight = before.weight.copy()
            weight[~keepers_of[label]] = 0
            bias = None if before.bias is None else before.bias.copy()
            if isinstance(before, Conv2d):
                built = Conv2d(weight, bias, before.stride, before.padding, before.groups)
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
    keepers_of = masks_for(model, sparsity, scope)
    return rebuild(model, keepers_of), {f"{label}.weight": bitmap for label, bitmap in keepers_of.items()}
