"""Prune a network by magnitude."""

import copy
from decimal import Decimal

import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Residual, Sequential


def validate(sparsity, scope):
    if scope not in ("layer", "global"):
        raise ValueError(f"unknown scope: {scope!r}")
    if not 0.0 <= sparsity <= 1.0:
        raise ValueError(f"sparsity out of range: {sparsity!r}")


def number_to_prune(fraction, amounts):
    top, bottom = Decimal(repr(fraction)).as_integer_ratio()
    return top * amounts // bottom


def find_layers(network):
    pending = [("", network)]
    while pending:
        route, node = pending.pop()
        kids = node.named_children()
        if kids is not None:
            pending.extend(reversed([(f"{route}.{key}" if route else key, child) for key, child in kids]))
        elif isinstance(node, (Conv2d, Linear)):
            yield route, node


def select(mags_of, k):
    gone = np.full(len(mags_of), k > 0)
    if 0 < k < len(mags_of):
        gone[np.argpartition(mags_of, k)[k:]] = False
    return gone


def make_masks(model, sparsity, scope):
    arrays = {}
    for name, module in find_layers(model):
        if module.weight.dtype != np.float32:
            module.weight = np.array(module.weight, dtype=np.float32)
        arrays[name] = module.weight
    if scope == "layer":
        return {
            name: ~select(np.abs(w).reshape(-1), number_to_prune(sparsity, w.size)).reshape(w.shape) for name, w in arrays.items()
        }
    vec = np.concatenate([np.abs(w).reshape(-1) for w in arrays.values()])
    living_flags = iter(np.split(~select(vec, number_to_prune(sparsity, vec.size)), np.cumsum([w.size for w in arrays.values()])))
    return {name: next(living_flags).reshape(w.shape) for name, w in arrays.items()}


def reassemble(net, keep, prefix=""):
    layers = []
    for position, before in enumerate(net.layers):
        name = prefix + str(position)
        if isinstance(before, Residual):
            body = reassemble(before.body, keep, name + ".body.")
            shortcut = None if before.shortcut is None else reassemble(before.shortcut, keep, name + ".shortcut.")
            after = Residual(body, shortcut)
        elif isinstance(before, (Linear, Conv2d)):
            weight = before.weight.copy()
            weight[~keep[name]] = 0
            bias = None if before.bias is None else before.bias.copy()
            if isinstance(before, Conv2d):
                after = Conv2d(weight, bias, before.stride, before.padding, before.groups)
            else:
                after = Linear(weight, bias)
        elif isinstance(before, (BatchNorm1d, BatchNorm2d)):
            arrays = (before.weight, before.bias, before.running_mean, before.running_var)
            after = type(before)(*[array.copy() for array in arrays], before.eps)
        else:
            after = copy.copy(before)
        layers.append(after)
    return Sequential(layers)


def prune_weights(model, sparsity, scope="layer"):
    validate(sparsity, scope)
    keep = make_masks(model, sparsity, scope)
    return reassemble(model, keep), {f"{name}.weight": m for name, m in keep.items()}
