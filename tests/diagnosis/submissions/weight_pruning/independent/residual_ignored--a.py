"""prune_weights: keep the large weights, drop the small ones."""

import copy
import math
from decimal import Decimal

import numpy as np

from judge.nn import AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, Linear, MaxPool2d, Residual, Sequential


def list_weights(seq, prefix=""):
    """All weights below a container, with their names."""
    found = []
    for number, layer in enumerate(seq.layers):
        where = f"{prefix}{number}."
        if isinstance(layer, (Linear, Conv2d)):
            found.append((where + "weight", layer.weight))
    return found


def own_copy(array):
    if array is not None:
        return np.array(array)
    return None


def cleared(weight, mask):
    return np.where(mask, weight, np.zeros_like(weight))


def rebuild(seq, masks, prefix=""):
    return Sequential([reproduce(layer, masks, f"{prefix}{number}.") for number, layer in enumerate(seq.layers)])


def reproduce(layer, masks, where):
    """One new layer like the old, with what its mask leaves."""
    if isinstance(layer, Residual):
        return copy.deepcopy(layer)
    if isinstance(layer, Linear):
        return Linear(cleared(layer.weight, masks[where + "weight"]), own_copy(layer.bias))
    if isinstance(layer, Conv2d):
        return Conv2d(
            cleared(layer.weight, masks[where + "weight"]), own_copy(layer.bias), layer.stride, layer.padding, layer.groups
        )
    if isinstance(layer, (BatchNorm1d, BatchNorm2d)):
        return type(layer)(
            own_copy(layer.weight), own_copy(layer.bias), own_copy(layer.running_mean), own_copy(layer.running_var), layer.eps
        )
    if isinstance(layer, (MaxPool2d, AvgPool2d)):
        return type(layer)(layer.kernel_size, layer.stride)
    return type(layer)()


def select(scores, k):
    _, group, sizes = np.unique(scores, return_inverse=True, return_counts=True)
    group = group.reshape(-1)
    upto = np.cumsum(sizes)
    whole = int(np.searchsorted(upto, k, side="right"))
    hit = group < whole
    rest = k - (int(upto[whole - 1]) if whole else 0)
    if rest:
        hit[np.flatnonzero(group == whole)[:rest]] = True
    return hit


def flat_abs(w):
    return np.abs(w).ravel()


def share_of(sparsity, n):
    return math.ceil(Decimal(repr(float(sparsity))) * n)


def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1:
        raise ValueError(f"sparsity {sparsity!r} is outside [0, 1]")
    if scope not in ("layer", "global"):
        raise ValueError(f"unknown scope {scope!r}")
    found = list_weights(model)
    if scope == "global" and found:
        borders = np.cumsum([0] + [weight.size for _, weight in found])
        all_scores = np.concatenate([flat_abs(weight) for _, weight in found])
        outcome = select(all_scores, share_of(sparsity, int(borders[-1])))
        masks = {
            name: np.logical_not(outcome[borders[j] : borders[j + 1]]).reshape(weight.shape)
            for j, (name, weight) in enumerate(found)
        }
    else:
        masks = {
            name: ~select(flat_abs(weight), share_of(sparsity, weight.size)).reshape(weight.shape) for name, weight in found
        }
    return rebuild(model, masks), masks
