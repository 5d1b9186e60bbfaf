"""One-shot magnitude pruning for judge.nn networks."""

import math
from fractions import Fraction

import numpy as np

from judge.nn import AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, Linear, MaxPool2d, Residual, Sequential


def find_weights(seq, prefix=""):
    """All weights below a container, with their names."""
    found, number = [], -1
    for layer in seq:
        number += 1
        where = prefix + str(number) + "."
        if isinstance(layer, Residual):
            for label, branch in layer.named_children():
                found.extend(find_weights(branch, where + label + "."))
        elif isinstance(layer, (Linear, Conv2d)):
            found.append((where + "weight", layer.weight))
    return found


def own_copy(array):
    return None if array is None else array.copy()


def cleared(weight, mask):
    return np.where(mask, weight, np.zeros_like(weight))


def new_chain(seq, mask_by_name, prefix=""):
    result = Sequential()
    for number, layer in enumerate(seq):
        result.append(remake(layer, mask_by_name, f"{prefix}{number}."))
    return result


def remake(layer, mask_by_name, where):
    """One new layer like the old, with what its mask leaves."""
    if isinstance(layer, Residual):
        new = Residual(new_chain(layer.body, mask_by_name, where + "body."))
        if layer.shortcut is not None:
            new.shortcut = new_chain(layer.shortcut, mask_by_name, where + "shortcut.")
        return new
    if isinstance(layer, Linear):
        return Linear(cleared(layer.weight, mask_by_name[where + "weight"]), own_copy(layer.bias))
    if isinstance(layer, Conv2d):
        return Conv2d(
            cleared(layer.weight, mask_by_name[where + "weight"]), own_copy(layer.bias), layer.stride, layer.padding, layer.groups
        )
    if isinstance(layer, (BatchNorm1d, BatchNorm2d)):
        return type(layer)(
            own_copy(layer.weight), own_copy(layer.bias), np.zeros_like(layer.running_mean), np.ones_like(layer.running_var), layer.eps
        )
    if isinstance(layer, (MaxPool2d, AvgPool2d)):
        return type(layer)(layer.kernel_size, layer.stride)
    return type(layer)()


def count_for(sparsity, n):
    part, _ = divmod(Fraction(repr(float(sparsity))) * n, 1)
    return int(part)


def losers(scores, k):
    remove = np.zeros(scores.size, dtype=bool)
    remove[np.argsort(scores, kind="stable")[:k]] = True
    return remove


def saliency(w):
    return np.fabs(w, dtype=np.float64).flatten()


def prune_weights(model, sparsity, scope="layer"):
    if not (math.isfinite(sparsity) and abs(sparsity - 0.5) <= 0.5 and sparsity >= 0):
        raise ValueError("bad sparsity")
    if scope not in {"global", "layer"}:
        raise ValueError("no such scope: " + repr(scope))
    found = find_weights(model)
    if scope == "global":
        everything = np.concatenate([saliency(weight) for _, weight in found])
        flags_all = losers(everything, count_for(sparsity, len(everything)))
        mask_by_name, start = {}, 0
        for name, weight in found:
            stop = start + weight.size
            mask_by_name[name] = ~flags_all[start:stop].reshape(weight.shape)
            start = stop
    else:
        mask_by_name = dict()
        for name, weight in found:
            lost = losers(saliency(weight), count_for(sparsity, weight.size))
            mask_by_name[name] = np.logical_not(lost.reshape(weight.shape))
    return new_chain(model, mask_by_name), mask_by_name
