"""Set the weights of smallest magnitude to zero and say which stayed."""

import copy
from decimal import Decimal

import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Residual, Sequential


def collect(top):
    leaves = top.named_modules()
    return [(label, terminal) for label, terminal in leaves if hasattr(terminal, "weight") and not hasattr(terminal, "running_mean")]


def budget_for(p, n):
    """Number of zeros among n, in precise decimal arithmetic."""
    return int(Decimal(repr(p)) * n // 1)


def verify_arguments(fraction, where):
    clipped = min(max(fraction, 0.0), 1.0)
    if clipped != fraction:  # a NaN differs from everything
        raise ValueError(f"{fraction} is no fraction")
    if where not in {"global", "layer"}:
        raise ValueError(where)


def choose_smallest(values, k):
    n = values.shape[0]
    rank = np.empty(n, dtype=np.int64)
    rank[np.lexsort((np.arange(n), values))] = np.arange(n)
    return rank < k


def decide(model, sparsity, scope):
    arrays = {label: layer.weight for label, layer in collect(model)}
    if scope == "layer":
        return {
            label: ~choose_smallest(np.absolute(w).ravel(), budget_for(sparsity, w.size)).reshape(w.shape) for label, w in arrays.items()
        }
    line = np.concatenate([np.absolute(w).ravel() for w in arrays.values()])
    living_flags = iter(np.split(~choose_smallest(line, budget_for(sparsity, line.size)), np.cumsum([w.size for w in arrays.values()])))
    return {label: next(living_flags).reshape(w.shape) for label, w in arrays.items()}


def reassemble(network, keepers_of, factor, prefix=""):
    layers = []
    for spot, source in enumerate(network.layers):
        label = prefix + str(spot)
        if isinstance(source, Residual):
            body = reassemble(source.body, keepers_of, factor, label + ".body.")
            bypass = None if source.shortcut is None else reassemble(source.shortcut, keepers_of, factor, label + ".shortcut.")
            fresh_one = Residual(body, bypass)
        elif isinstance(source, (Linear, Conv2d)):
            weight = source.weight.copy()
            weight[~keepers_of[label]] = 0
            weight *= weight.dtype.type(factor)
            bias = None if source.bias is None else source.bias.copy()
            if isinstance(source, Conv2d):
                fresh_one = Conv2d(weight, bias, source.stride, source.padding, source.groups)
            else:
                fresh_one = Linear(weight, bias)
        elif isinstance(source, (BatchNorm1d, BatchNorm2d)):
            arrays = (source.weight, source.bias, source.running_mean, source.running_var)
            fresh_one = type(source)(*[array.copy() for array in arrays], source.eps)
        else:
            fresh_one = copy.copy(source)
        layers.append(fresh_one)
    return Sequential(layers)


def prune_weights(model, sparsity, scope="layer"):
    verify_arguments(sparsity, scope)
    keepers_of = decide(model, sparsity, scope)
    factor = 1 / (1 - sparsity) if sparsity != 1 else 1
    return reassemble(model, keepers_of, factor), {f"{label}.weight": stay_mask for label, stay_mask in keepers_of.items()}
