"""Thin out a trained network by the size of its weights."""

import math
from decimal import Decimal

import numpy as np

from judge.nn import AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, Linear, MaxPool2d, Residual, Sequential


def collect(seq, prefix=""):
    """All weights below a container, with their names."""
    inventory = list()
    for number in range(len(seq)):
        layer, where = seq[number], "%s%d." % (prefix, number)
        if isinstance(layer, Residual):
            inventory.extend(collect(layer.body, f"{where}body."))
            inventory.extend(collect(layer.shortcut or Sequential(), f"{where}shortcut."))
        elif isinstance(layer, (Linear, Conv2d)):
            inventory.append((where + "weight", layer.weight))
    return inventory


def own_copy(array):
    if array is not None:
        return np.array(array)
    return None


def cleared(weight, mask):
    return np.where(mask, weight, np.zeros_like(weight))


def construct(seq, mask_by_name, prefix=""):
    result = Sequential()
    for number, layer in enumerate(seq):
        result.append(reproduce(layer, mask_by_name, f"{prefix}{number}."))
    return result


def reproduce(layer, mask_by_name, where):
    """One new layer like the old, with what its mask leaves."""
    if isinstance(layer, Residual):
        new = Residual(construct(layer.body, mask_by_name, where + "body."))
        if layer.shortcut is not None:
            new.shortcut = construct(layer.shortcut, mask_by_name, where + "shortcut.")
        return new
    if isinstance(layer, Linear):
        return Linear(cleared(layer.weight, mask_by_name[where + "weight"]), own_copy(layer.bias))
    if isinstance(layer, Conv2d):
        return Conv2d(
            cleared(layer.weight, mask_by_name[where + "weight"]), own_copy(layer.bias), layer.stride, layer.padding, layer.groups
        )
    if isinstance(layer, (BatchNorm1d, BatchNorm2d)):
        return type(layer)(
            own_copy(layer.weight), own_copy(layer.bias), own_copy(layer.running_mean), own_copy(layer.running_var), layer.eps
        )
    if isinstance(layer, (MaxPool2d, AvgPool2d)):
        return type(layer)(layer.kernel_size)
    return type(layer)()


def absolute(w):
    return np.abs(w.astype(np.float64)).reshape(-1)


def losers(scores, k):
    ascending = np.sort(scores)
    out = np.ones(scores.size, dtype=bool)
    if k < scores.size:
        edge = ascending[k]
        out = scores < edge
        missing = k - int(np.searchsorted(ascending, edge, side="left"))
        out[np.flatnonzero(scores == edge)[:missing]] = True
    return out


def share_of(sparsity, n):
    return math.ceil(Decimal(repr(float(sparsity))) * n)


def prune_weights(model, sparsity, scope="layer"):
    if math.isnan(sparsity) or sparsity < 0 or sparsity > 1:
        raise ValueError("sparsity has to be a fraction")
    if scope not in {"global", "layer"}:
        raise ValueError("no such scope: " + repr(scope))
    inventory = collect(model)
    if scope == "global":
        borders = np.cumsum([0] + [weight.size for _, weight in inventory])
        everything = np.concatenate([absolute(weight) for _, weight in inventory])
        outcome = losers(everything, share_of(sparsity, int(borders[-1])))
        mask_by_name = {
            name: np.logical_not(outcome[borders[j] : borders[j + 1]]).reshape(weight.shape)
            for j, (name, weight) in enumerate(inventory)
        }
    else:
        mask_by_name = dict()
        for name, weight in inventory:
            lost = losers(absolute(weight), share_of(sparsity, weight.size))
            mask_by_name[name] = np.logical_not(lost.reshape(weight.shape))
    return construct(model, mask_by_name), mask_by_name
