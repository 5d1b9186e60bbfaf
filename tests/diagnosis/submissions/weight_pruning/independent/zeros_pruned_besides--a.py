"""One-shot magnitude pruning for judge.nn networks."""

import math
from decimal import Decimal

import numpy as np

from judge.nn import AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, Linear, MaxPool2d, Residual, Sequential


def collect(seq, prefix=""):
    """All weights below a container, with their names."""
    found = []
    for number, layer in enumerate(seq.layers):
        where = f"{prefix}{number}."
        if isinstance(layer, Residual):
            for label, branch in layer.named_children():
                found.extend(collect(branch, where + label + "."))
        elif isinstance(layer, (Linear, Conv2d)):
            found.append((where + "weight", layer.weight))
    return found


def dup(array):
    if array is not None:
        return np.array(array)
    return None


def cleared(weight, mask):
    fresh = np.array(weight)
    np.putmask(fresh, ~mask, 0)
    return fresh


def new_chain(seq, masks, prefix=""):
    result = Sequential()
    for number, layer in enumerate(seq):
        result.append(new_layer(layer, masks, f"{prefix}{number}."))
    return result


def new_layer(layer, masks, where):
    """One new layer like the old, with what its mask leaves."""
    if isinstance(layer, Residual):
        new = Residual(new_chain(layer.body, masks, where + "body."))
        if layer.shortcut is not None:
            new.shortcut = new_chain(layer.shortcut, masks, where + "shortcut.")
        return new
    if isinstance(layer, Linear):
        return Linear(cleared(layer.weight, masks[where + "weight"]), dup(layer.bias))
    if isinstance(layer, Conv2d):
        return Conv2d(
            cleared(layer.weight, masks[where + "weight"]), dup(layer.bias), layer.stride, layer.padding, layer.groups
        )
    if isinstance(layer, (BatchNorm1d, BatchNorm2d)):
        return type(layer)(
            dup(layer.weight), dup(layer.bias), dup(layer.running_mean), dup(layer.running_var), layer.eps
        )
    if isinstance(layer, (MaxPool2d, AvgPool2d)):
        return type(layer)(layer.kernel_size, layer.stride)
    return type(layer)()


def mark_small(scores, k):
    remove = scores == 0
    nonzero = np.flatnonzero(scores)
    order = nonzero[np.argsort(scores[nonzero], kind="stable")]
    remove[order[:k]] = True
    return remove


def amount(sparsity, n):
    return math.ceil(Decimal(repr(float(sparsity))) * n)


def saliency(w):
    line = w.flatten()
    return np.maximum(line, -line)


def prune_weights(model, sparsity, scope="layer"):
    if scope not in {"global", "layer"}:
        raise ValueError("no such scope: " + repr(scope))
    if math.isnan(sparsity) or sparsity < 0 or sparsity > 1:
        raise ValueError("sparsity has to be a fraction")
    found = collect(model)
    if scope == "global":
        borders = np.cumsum([0] + [weight.size for _, weight in found])
        everything = np.concatenate([saliency(weight) for _, weight in found])
        outcome = mark_small(everything, amount(sparsity, int(borders[-1])))
        masks = {
            name: np.logical_not(outcome[borders[j] : borders[j + 1]]).reshape(weight.shape)
            for j, (name, weight) in enumerate(found)
        }
    else:
        masks = dict()
        for name, weight in found:
            lost = mark_small(saliency(weight), amount(sparsity, weight.size))
            masks[name] = np.logical_not(lost.reshape(weight.shape))
    return new_chain(model, masks), masks
