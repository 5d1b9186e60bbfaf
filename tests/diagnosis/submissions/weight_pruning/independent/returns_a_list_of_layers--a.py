"""Thin out a trained network by the size of its weights."""

import math
from fractions import Fraction

import numpy as np

from judge.nn import AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, Linear, MaxPool2d, Residual, Sequential


def list_weights(seq, prefix=""):
    """All weights below a container, with their names."""
    found, number = [], -1
    for layer in seq:
        number += 1
        where = prefix + str(number) + "."
        if isinstance(layer, Residual):
            found.extend(list_weights(layer.body, f"{where}body."))
            found.extend(list_weights(layer.shortcut or Sequential(), f"{where}shortcut."))
        elif isinstance(layer, (Linear, Conv2d)):
            found.append((where + "weight", layer.weight))
    return found


def dup(array):
    if array is not None:
        return np.array(array)
    return None


def masked_weight(weight, mask):
    return np.where(mask, weight, np.zeros_like(weight))


def new_chain(seq, out_masks, prefix=""):
    result = Sequential()
    for number, layer in enumerate(seq):
        result.append(reproduce(layer, out_masks, f"{prefix}{number}."))
    return result


def reproduce(layer, out_masks, where):
    """One new layer like the old, with what its mask leaves."""
    if isinstance(layer, Residual):
        new = Residual(new_chain(layer.body, out_masks, where + "body."))
        if layer.shortcut is not None:
            new.shortcut = new_chain(layer.shortcut, out_masks, where + "shortcut.")
        return new
    if isinstance(layer, Linear):
        return Linear(masked_weight(layer.weight, out_masks[where + "weight"]), dup(layer.bias))
    if isinstance(layer, Conv2d):
        return Conv2d(
            masked_weight(layer.weight, out_masks[where + "weight"]), dup(layer.bias), layer.stride, layer.padding, layer.groups
        )
    if isinstance(layer, (BatchNorm1d, BatchNorm2d)):
        return type(layer)(
            dup(layer.weight), dup(layer.bias), dup(layer.running_mean), dup(layer.running_var), layer.eps
        )
    if isinstance(layer, (MaxPool2d, AvgPool2d)):
        return type(layer)(layer.kernel_size, layer.stride)
    return type(layer)()


def guard(sparsity, scope):
    if not (math.isfinite(sparsity) and abs(sparsity - 0.5) <= 0.5 and sparsity >= 0):
        raise ValueError("bad sparsity")
    if scope not in ("layer", "global"):
        raise ValueError(f"unknown scope {scope!r}")


def saliency(w):
    return np.abs(w).ravel()


def amount(sparsity, n):
    return math.floor(Fraction(repr(float(sparsity))) * n)


def mark_small(scores, k):
    plain = np.ascontiguousarray(scores, dtype=np.float64) + 0.0
    order = np.argsort(plain.view(np.uint64), kind="stable")
    result = np.zeros(order.size, bool)
    result[order[:k]] = True
    return result


def prune_weights(model, sparsity, scope="layer"):
    guard(sparsity, scope)
    found = list_weights(model)
    if scope == "global":
        joined = np.concatenate([saliency(weight) for _, weight in found])
        decision = mark_small(joined, amount(sparsity, len(joined)))
        out_masks, start = {}, 0
        for name, weight in found:
            stop = start + weight.size
            out_masks[name] = ~decision[start:stop].reshape(weight.shape)
            start = stop
    else:
        out_masks = {
            name: ~mark_small(saliency(weight), amount(sparsity, weight.size)).reshape(weight.shape) for name, weight in found
        }
    layers = []
    for number, layer in enumerate(model.layers):
        layers.append(reproduce(layer, out_masks, f"{number}."))
    return layers, out_masks
