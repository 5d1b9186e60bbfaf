"""Prune a network by magnitude."""

import copy
import decimal
import math
from decimal import Decimal

import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Residual, Sequential


def quota(share, total):
    share_count = Decimal(repr(share)) * total
    return int(share_count.to_integral_value(rounding=decimal.ROUND_CEILING))


def collect(root_net):
    stack = [("", root_net)]
    while stack:
        route, item = stack.pop()
        kids = item.named_children()
        if kids is not None:
            stack.extend(reversed([(f"{route}.{key}" if route else key, child) for key, child in kids]))
        elif isinstance(item, (Conv2d, Linear)):
            yield route, item


class BadArgument(ValueError):
    """An argument that makes no sense."""


def guard(amount, kind):
    if math.isnan(amount):
        raise BadArgument("sparsity is NaN")
    if amount < 0 or 1 < amount:
        raise BadArgument("sparsity must be between 0 and 1")
    if kind not in ["layer", "global"]:
        raise BadArgument("no such scope: " + str(kind))


def pick_dropped(mags_of, k):
    gone = np.full(len(mags_of), k > 0)
    if 0 < k < len(mags_of):
        gone[np.argpartition(mags_of, k)[k:]] = False
    return gone


def masks_for(model, sparsity, scope):
    ws_by_name = {label: unit.weight for label, unit in collect(model)}
    if scope == "layer":
        return {
            label: ~pick_dropped(np.abs(w).flatten(), quota(sparsity, w.size)).reshape(w.shape) for label, w in ws_by_name.items()
        }
    line = np.concatenate([np.abs(w).flatten() for w in ws_by_name.values()])
    living_flags = iter(np.split(~pick_dropped(line, quota(sparsity, line.size)), np.cumsum([w.size for w in ws_by_name.values()])))
    return {label: next(living_flags).reshape(w.shape) for label, w in ws_by_name.items()}


def rebuild(root_net, keep, prefix=""):
    stack_of = []
    for spot, original in enumerate(root_net.layers):
        label = prefix + str(spot)
        if isinstance(original, Residual):
            body = rebuild(original.body, keep, label + ".body.")
            shortcut = None if original.shortcut is None else rebuild(original.shortcut, keep, label + ".shortcut.")
            new = Residual(body, shortcut)
        elif isinstance(original, (Linear, Conv2d)):
            weight = original.weight.copy()
            weight[~keep[label]] = 0
            bias = None if original.bias is None else original.bias.copy()
            if isinstance(original, Conv2d):
                new = Conv2d(weight, bias, original.stride, original.padding, original.groups)
            else:
                new = Linear(weight, bias)
        elif isinstance(original, (BatchNorm1d, BatchNorm2d)):
            ws_by_name = (original.weight, original.bias, original.running_mean, original.running_var)
            new = type(original)(*[array.copy() for array in ws_by_name], original.eps)
        else:
            new = copy.copy(original)
        stack_of.append(new)
    return Sequential(stack_of)


def prune_weights(model, sparsity, scope="layer"):
    guard(sparsity, scope)
    keep = masks_for(model, sparsity, scope)
    return rebuild(model, keep), keep
