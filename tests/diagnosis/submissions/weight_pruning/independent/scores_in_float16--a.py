"""Set a share of the weights to zero, smallest magnitude first."""

import math
from decimal import Decimal

import numpy as np

from judge.nn import AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, Linear, MaxPool2d, Residual, Sequential


def find_weights(seq, prefix=""):
    """All weights below a container, with their names."""
    found = list()
    for number in range(len(seq)):
        layer, where = seq[number], "%s%d." % (prefix, number)
        if isinstance(layer, Residual):
            found.extend(find_weights(layer.body, f"{where}body."))
            found.extend(find_weights(layer.shortcut or Sequential(), f"{where}shortcut."))
        elif isinstance(layer, (Linear, Conv2d)):
            found.append((where + "weight", layer.weight))
    return found


def dup(array):
    if array is not None:
        return np.array(array)
    return None


def masked_weight(weight, mask):
    fresh = np.array(weight)
    np.putmask(fresh, ~mask, 0)
    return fresh


def rebuild(seq, keep_map, prefix=""):
    result = Sequential()
    for number, layer in enumerate(seq):
        result.append(remake(layer, keep_map, f"{prefix}{number}."))
    return result


def remake(layer, keep_map, where):
    """One new layer like the old, with what its mask leaves."""
    if isinstance(layer, Residual):
        branches = {label: rebuild(branch, keep_map, f"{where}{label}.") for label, branch in layer.named_children()}
        return Residual(**branches)
    if isinstance(layer, Linear):
        return Linear(masked_weight(layer.weight, keep_map[where + "weight"]), dup(layer.bias))
    if isinstance(layer, Conv2d):
        return Conv2d(
            masked_weight(layer.weight, keep_map[where + "weight"]), dup(layer.bias), layer.stride, layer.padding, layer.groups
        )
    if isinstance(layer, (BatchNorm1d, BatchNorm2d)):
        return type(layer)(
            dup(layer.weight), dup(layer.bias), dup(layer.running_mean), dup(layer.running_var), layer.eps
        )
    if isinstance(layer, (MaxPool2d, AvgPool2d)):
        return type(layer)(layer.kernel_size, layer.stride)
    return type(layer)()


def target_count(sparsity, n):
    top, bottom = Decimal(repr(float(sparsity))).as_integer_ratio()
    return (top * n) // bottom


def magnitudes_of(w):
    with np.errstate(over="ignore", under="ignore"):
        return np.abs(w).astype(np.float16).ravel()


def smallest(scores, k):
    plain = np.ascontiguousarray(scores, dtype=np.float64) + 0.0
    order = np.argsort(plain.view(np.uint64), kind="stable")
    result = np.zeros(order.size, bool)
    result[order[:k]] = True
    return result


def prune_weights(model, sparsity, scope="layer"):
    if math.isnan(sparsity) or sparsity < 0 or sparsity > 1:
        raise ValueError("sparsity has to be a fraction")
    if scope != "layer" and scope != "global":
        raise ValueError("scope is 'layer' or 'global'")
    found = find_weights(model)
    if scope == "global":
        joined = np.hstack([magnitudes_of(weight) for _, weight in found])
        decision = ~smallest(joined, target_count(sparsity, joined.size))
        keep_map = {}
        for name, weight in found:
            keep_map[name], decision = decision[: weight.size].reshape(weight.shape), decision[weight.size :]
    else:
        keep_map = dict()
        for name, weight in found:
            lost = smallest(magnitudes_of(weight), target_count(sparsity, weight.size))
            keep_map[name] = np.logical_not(lost.reshape(weight.shape))
    return rebuild(model, keep_map), keep_map
