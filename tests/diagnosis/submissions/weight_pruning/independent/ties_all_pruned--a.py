"""Prune a network by magnitude, in NumPy."""

from decimal import Decimal

import numpy as np

from judge.nn import AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, Linear, MaxPool2d, Residual, Sequential


def collect(seq, prefix=""):
    """All weights below a container, with their names."""
    items, number = [], -1
    for layer in seq:
        number += 1
        where = prefix + str(number) + "."
        if isinstance(layer, Residual):
            items.extend(collect(layer.body, f"{where}body."))
            items.extend(collect(layer.shortcut or Sequential(), f"{where}shortcut."))
        elif isinstance(layer, (Linear, Conv2d)):
            items.append((where + "weight", layer.weight))
    return items


def twin(array):
    if array is not None:
        return np.array(array)
    return None


def thinned(weight, mask):
    fresh = np.array(weight)
    np.putmask(fresh, ~mask, 0)
    return fresh


def new_chain(seq, out_masks, prefix=""):
    result = Sequential()
    for number, layer in enumerate(seq):
        result.append(new_layer(layer, out_masks, f"{prefix}{number}."))
    return result


def new_layer(layer, out_masks, where):
    """One new layer like the old, with what its mask leaves."""
    if isinstance(layer, Residual):
        branches = {label: new_chain(branch, out_masks, f"{where}{label}.") for label, branch in layer.named_children()}
        return Residual(**branches)
    if isinstance(layer, Linear):
        return Linear(thinned(layer.weight, out_masks[where + "weight"]), twin(layer.bias))
    if isinstance(layer, Conv2d):
        return Conv2d(
            thinned(layer.weight, out_masks[where + "weight"]), twin(layer.bias), layer.stride, layer.padding, layer.groups
        )
    if isinstance(layer, (BatchNorm1d, BatchNorm2d)):
        return type(layer)(
            twin(layer.weight), twin(layer.bias), twin(layer.running_mean), twin(layer.running_var), layer.eps
        )
    if isinstance(layer, (MaxPool2d, AvgPool2d)):
        return type(layer)(layer.kernel_size, layer.stride)
    return type(layer)()


def validate(sparsity, scope):
    if not 0 <= sparsity <= 1:
        raise ValueError(f"sparsity {sparsity!r} is outside [0, 1]")
    if scope not in ("layer", "global"):
        raise ValueError(f"unknown scope {scope!r}")


def lowest(scores, k):
    if not k:
        return np.zeros(scores.size, dtype=bool)
    return scores <= np.sort(scores)[k - 1]


def absolute(w):
    return np.fabs(w, dtype=np.float64).flatten()


def target_count(sparsity, n):
    top, bottom = Decimal(repr(float(sparsity))).as_integer_ratio()
    return (top * n) // bottom


def prune_weights(model, sparsity, scope="layer"):
    validate(sparsity, scope)
    items = collect(model)
    if scope == "global":
        all_scores = np.hstack([absolute(weight) for _, weight in items])
        outcome = ~lowest(all_scores, target_count(sparsity, all_scores.size))
        out_masks = {}
        for name, weight in items:
            out_masks[name], outcome = outcome[: weight.size].reshape(weight.shape), outcome[weight.size :]
    else:
        out_masks = dict()
        for name, weight in items:
            lost = lowest(absolute(weight), target_count(sparsity, weight.size))
            out_masks[name] = np.logical_not(lost.reshape(weight.shape))
    return new_chain(model, out_masks), out_masks
