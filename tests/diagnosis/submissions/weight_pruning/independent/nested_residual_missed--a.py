"""Pruning with masks, layer by layer or globally."""

from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction

import numpy as np

from judge.nn import AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, Linear, MaxPool2d, Residual, Sequential


def list_weights(seq, prefix=""):
    """All weights below a container, with their names."""
    found = []
    for number, layer in enumerate(seq.layers):
        where = f"{prefix}{number}."
        if isinstance(layer, Residual):
            for side, inner in (("body", layer.body), ("shortcut", layer.shortcut)):
                for j, below in enumerate(inner or ()):
                    if isinstance(below, (Linear, Conv2d)):
                        found.append((f"{where}{side}.{j}.weight", below.weight))
        elif isinstance(layer, (Linear, Conv2d)):
            found.append((where + "weight", layer.weight))
    return found


def own_copy(array):
    return None if array is None else array.copy()


def cleared(weight, mask):
    fresh = weight.copy()
    if mask is not None:
        fresh[~mask] = 0
    return fresh


def rebuild(seq, out_masks, prefix=""):
    return Sequential([new_layer(layer, out_masks, f"{prefix}{number}.") for number, layer in enumerate(seq.layers)])


def new_layer(layer, out_masks, where):
    """One new layer like the old, with what its mask leaves."""
    if isinstance(layer, Residual):
        branches = {label: rebuild(branch, out_masks, f"{where}{label}.") for label, branch in layer.named_children()}
        return Residual(**branches)
    if isinstance(layer, Linear):
        return Linear(cleared(layer.weight, out_masks.get(where + "weight")), own_copy(layer.bias))
    if isinstance(layer, Conv2d):
        return Conv2d(
            cleared(layer.weight, out_masks.get(where + "weight")), own_copy(layer.bias), layer.stride, layer.padding, layer.groups
        )
    if isinstance(layer, (BatchNorm1d, BatchNorm2d)):
        return type(layer)(
            own_copy(layer.weight), own_copy(layer.bias), own_copy(layer.running_mean), own_copy(layer.running_var), layer.eps
        )
    if isinstance(layer, (MaxPool2d, AvgPool2d)):
        return type(layer)(layer.kernel_size, layer.stride)
    return type(layer)()


def share_of(sparsity, n):
    exact = Decimal(repr(float(sparsity))) * n
    return int(exact.to_integral_value(rounding=ROUND_FLOOR))


def weakest(scores, k):
    kill = np.zeros(scores.size, dtype=bool)
    kill[np.argsort(scores, kind="stable")[:k]] = True
    return kill


def flat_abs(w):
    return np.abs(w).ravel()


def prune_weights(model, sparsity, scope="layer"):
    try:
        assert_fraction = Fraction(repr(float(sparsity)))
    except ValueError:
        raise ValueError("sparsity is no finite number") from None
    if assert_fraction < 0 or assert_fraction > 1:
        raise ValueError("sparsity is no fraction of one")
    if scope not in ("layer", "global"):
        raise ValueError(f"unknown scope {scope!r}")
    found = list_weights(model)
    if scope == "global" and found:
        all_scores = np.hstack([flat_abs(weight) for _, weight in found])
        flags_all = ~weakest(all_scores, share_of(sparsity, all_scores.size))
        out_masks = {}
        for name, weight in found:
            out_masks[name], flags_all = flags_all[: weight.size].reshape(weight.shape), flags_all[weight.size :]
    else:
        out_masks = dict()
        for name, weight in found:
            lost = weakest(flat_abs(weight), share_of(sparsity, weight.size))
            out_masks[name] = np.logical_not(lost.reshape(weight.shape))
    return rebuild(model, out_masks), out_masks
