"""Pruning with masks, layer by layer or globally."""


import numpy as np

from judge.nn import AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, Linear, MaxPool2d, Residual, Sequential


def list_weights(seq, prefix=""):
    """All weights below a container, with their names."""
    found = list()
    for number in range(len(seq)):
        layer, where = seq[number], "%s%d." % (prefix, number)
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
    fresh = np.array(weight)
    np.putmask(fresh, ~mask, 0)
    return fresh


def rebuild(seq, mask_by_name, prefix=""):
    result = Sequential()
    for number, layer in enumerate(seq):
        result.append(reproduce(layer, mask_by_name, f"{prefix}{number}."))
    return result


def reproduce(layer, mask_by_name, where):
    """One new layer like the old, with what its mask leaves."""
    if isinstance(layer, Residual):
        branches = {label: rebuild(branch, mask_by_name, f"{where}{label}.") for label, branch in layer.named_children()}
        return Residual(**branches)
    if isinstance(layer, Linear):
        return Linear(masked_weight(layer.weight, mask_by_name[where + "weight"]), dup(layer.bias))
    if isinstance(layer, Conv2d):
        return Conv2d(
            masked_weight(layer.weight, mask_by_name[where + "weight"]), dup(layer.bias), layer.stride, layer.padding, layer.groups
        )
    if isinstance(layer, (BatchNorm1d, BatchNorm2d)):
        return type(layer)(
            dup(layer.weight), dup(layer.bias), dup(layer.running_mean), dup(layer.running_var), layer.eps
        )
    if isinstance(layer, (MaxPool2d, AvgPool2d)):
        return type(layer)(layer.kernel_size, layer.stride)
    return type(layer)()


def refuse_nonsense(sparsity, scope):
    if not 0 <= sparsity <= 1:
        raise ValueError(f"sparsity {sparsity!r} is outside [0, 1]")
    if scope != "layer" and scope != "global":
        raise ValueError("scope is 'layer' or 'global'")


def flat_abs(w):
    return np.fabs(w, dtype=np.float64).flatten()


def cut_positions(scores, bound):
    return scores < bound


def prune_weights(model, sparsity, scope="layer"):
    refuse_nonsense(sparsity, scope)
    found = list_weights(model)
    if scope == "global":
        joined = np.hstack([flat_abs(weight) for _, weight in found])
        outcome = ~cut_positions(joined, sparsity)
        mask_by_name = {}
        for name, weight in found:
            mask_by_name[name], outcome = outcome[: weight.size].reshape(weight.shape), outcome[weight.size :]
    else:
        mask_by_name = {
            name: ~cut_positions(flat_abs(weight), sparsity).reshape(weight.shape) for name, weight in found
        }
    return rebuild(model, mask_by_name), mask_by_name
