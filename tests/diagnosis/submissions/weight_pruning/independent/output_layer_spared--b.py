"""Thin out a trained network by the size of its weights."""

import math
from decimal import Decimal

import numpy as np

from judge.nn import AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, Linear, MaxPool2d, Residual, Sequential


def gather(seq, prefix=""):
    """All weights below a container, with their names."""
    inventory = []
    for number, layer in enumerate(seq.layers):
        where = f"{prefix}{number}."
        if isinstance(layer, Residual):
            for label, branch in layer.named_children():
                inventory.extend(gather(branch, where + label + "."))
        elif isinstance(layer, (Linear, Conv2d)):
            inventory.append((where + "weight", layer.weight))
    return inventory


def own_copy(array):
    return None if array is None else array.copy()


def thinned(weight, mask):
    fresh = np.array(weight)
    np.putmask(fresh, ~mask, 0)
    return fresh


def construct(seq, out_masks, prefix=""):
    return Sequential([remake(layer, out_masks, f"{prefix}{number}.") for number, layer in enumerate(seq.layers)])


def remake(layer, out_masks, where):
    """One new layer like the old, with what its mask leaves."""
    if isinstance(layer, Residual):
        branches = {label: construct(branch, out_masks, f"{where}{label}.") for label, branch in layer.named_children()}
        return Residual(**branches)
    if isinstance(layer, Linear):
        return Linear(thinned(layer.weight, out_masks[where + "weight"]), own_copy(layer.bias))
    if isinstance(layer, Conv2d):
        return Conv2d(
            thinned(layer.weight, out_masks[where + "weight"]), own_copy(layer.bias), layer.stride, layer.padding, layer.groups
        )
    if isinstance(layer, (BatchNorm1d, BatchNorm2d)):
        return type(layer)(
            own_copy(layer.weight), own_copy(layer.bias), own_copy(layer.running_mean), own_copy(layer.running_var), layer.eps
        )
    if isinstance(layer, (MaxPool2d, AvgPool2d)):
        return type(layer)(layer.kernel_size, layer.stride)
    return type(layer)()


def amount(sparsity, n):
    return math.ceil(Decimal(repr(float(sparsity))) * n)


def importance(w):
    line = w.flatten()
    return np.maximum(line, -line)


def choose_least(scores, k):
    if k == 0:
        return np.zeros(scores.shape, bool)
    level = np.partition(scores, k - 1)[k - 1]
    below = scores < level
    equal = scores == level
    tie_quota = k - np.count_nonzero(below)
    return below | (equal & (np.cumsum(equal) <= tie_quota))


def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1:
        raise ValueError(f"sparsity {sparsity!r} is outside [0, 1]")
    known = ["layer", "global"]
    if known.count(scope) == 0:
        raise ValueError(f"scope must be one of {known}")
    inventory = gather(model)
    last, last_weight = inventory.pop()
    if scope == "global" and inventory:
        joined = np.hstack([importance(weight) for _, weight in inventory])
        flags_all = ~choose_least(joined, amount(sparsity, joined.size))
        out_masks = {}
        for name, weight in inventory:
            out_masks[name], flags_all = flags_all[: weight.size].reshape(weight.shape), flags_all[weight.size :]
    else:
        out_masks = dict()
        for name, weight in inventory:
            lost = choose_least(importance(weight), amount(sparsity, weight.size))
            out_masks[name] = np.logical_not(lost.reshape(weight.shape))
    out_masks[last] = np.full(last_weight.shape, True)
    return construct(model, out_masks), out_masks
