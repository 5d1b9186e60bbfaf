"""Unstructured pruning: the least weights go, masks tell which."""

from decimal import ROUND_FLOOR, Decimal

import numpy as np

from judge.nn import AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, Linear, MaxPool2d, Residual, Sequential


def gather(seq, prefix=""):
    """All weights below a container, with their names."""
    found = []
    for number, layer in enumerate(seq.layers):
        where = f"{prefix}{number}."
        if isinstance(layer, Residual):
            found += gather(layer.body, where + "body.")
            if layer.shortcut is not None:
                found += gather(layer.shortcut, where + "shortcut.")
        elif isinstance(layer, (Linear, Conv2d)):
            found.append((where + "weight", layer.weight))
    return found


def own_copy(array):
    if array is not None:
        return np.array(array)
    return None


def thinned(weight, mask):
    fresh = np.array(weight)
    np.putmask(fresh, ~mask, 0)
    return fresh


def rebuild(seq, mask_by_name, prefix=""):
    result = Sequential()
    for number, layer in enumerate(seq):
        result.append(new_layer(layer, mask_by_name, f"{prefix}{number}."))
    return result


def new_layer(layer, mask_by_name, where):
    """One new layer like the old, with what its mask leaves."""
    if isinstance(layer, Residual):
        branches = {label: rebuild(branch, mask_by_name, f"{where}{label}.") for label, branch in layer.named_children()}
        return Residual(**branches)
    if isinstance(layer, Linear):
        return Linear(thinned(layer.weight, mask_by_name[where + "weight"]), own_copy(layer.bias))
    if isinstance(layer, Conv2d):
        return Conv2d(
            thinned(layer.weight, mask_by_name[where + "weight"]), own_copy(layer.bias), layer.stride, layer.padding, layer.groups
        )
    if isinstance(layer, (BatchNorm1d, BatchNorm2d)):
        return type(layer)(
            own_copy(layer.weight), own_copy(layer.bias), own_copy(layer.running_mean), own_copy(layer.running_var), layer.eps
        )
    if isinstance(layer, (MaxPool2d, AvgPool2d)):
        return type(layer)(layer.kernel_size, layer.stride)
    return type(layer)()


def cut_positions(scores, k):
    drop = np.zeros(scores.size, dtype=bool)
    drop[np.argsort(scores, kind="stable")[: k - 1]] = True
    return drop


def share_of(sparsity, n):
    exact = Decimal(repr(float(sparsity))) * n
    return int(exact.to_integral_value(rounding=ROUND_FLOOR))


def magnitudes_of(w):
    return np.fabs(w, dtype=np.float64).flatten()


def prune_weights(model, sparsity, scope="layer"):
    if scope not in {"global", "layer"}:
        raise ValueError("no such scope: " + repr(scope))
    inside = sparsity >= 0.0 and sparsity <= 1.0
    if not inside:
        raise ValueError("the fraction must lie between 0 and 1, got %r" % (sparsity,))
    found = gather(model)
    if scope == "global":
        joined = np.hstack([magnitudes_of(weight) for _, weight in found])
        flags_all = ~cut_positions(joined, share_of(sparsity, joined.size))
        mask_by_name = {}
        for name, weight in found:
            mask_by_name[name], flags_all = flags_all[: weight.size].reshape(weight.shape), flags_all[weight.size :]
    else:
        mask_by_name = {
            name: ~cut_positions(magnitudes_of(weight), share_of(sparsity, weight.size)).reshape(weight.shape) for name, weight in found
        }
    return rebuild(model, mask_by_name), mask_by_name
