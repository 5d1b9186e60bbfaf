"""Thin out a trained network by the size of its weights."""

import heapq
from fractions import Fraction

import numpy as np

from judge.nn import AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, Linear, MaxPool2d, Residual, Sequential


def list_weights(seq, prefix=""):
    """All weights below a container, with their names."""
    found = []
    for number, layer in enumerate(seq.layers):
        where = f"{prefix}{number}."
        if isinstance(layer, Residual):
            for label, branch in layer.named_children():
                found.extend(list_weights(branch, where + label + "."))
        elif isinstance(layer, (Linear, Conv2d)):
            found.append((where + "weight", layer.weight))
    return found


def own_copy(array):
    return None if array is None else array.copy()


def masked_weight(weight, mask):
    return np.where(mask, weight, np.zeros_like(weight))


def rebuild(seq, keep_map, prefix=""):
    result = Sequential()
    for number, layer in enumerate(seq):
        result.append(remake(layer, keep_map, f"{prefix}{number}."))
    return result


def remake(layer, keep_map, where):
    """One new layer like the old, with what its mask leaves."""
    if isinstance(layer, Residual):
        new = Residual(rebuild(layer.body, keep_map, where + "body."))
        if layer.shortcut is not None:
            new.shortcut = rebuild(layer.shortcut, keep_map, where + "shortcut.")
        return new
    if isinstance(layer, Linear):
        return Linear(masked_weight(layer.weight, keep_map[where + "weight"]), own_copy(layer.bias))
    if isinstance(layer, Conv2d):
        return Conv2d(
            masked_weight(layer.weight, keep_map[where + "weight"]), own_copy(layer.bias), layer.stride, layer.padding, layer.groups
        )
    if isinstance(layer, (BatchNorm1d, BatchNorm2d)):
        return type(layer)(
            own_copy(layer.weight), own_copy(layer.bias), own_copy(layer.running_mean), own_copy(layer.running_var), layer.eps
        )
    if isinstance(layer, (MaxPool2d, AvgPool2d)):
        return type(layer)(layer.kernel_size, layer.stride)
    return type(layer)()


def losers(scores, k):
    heap = list(zip(scores.tolist(), range(scores.size)))
    heapq.heapify(heap)
    flags = np.zeros(scores.size, np.bool_)
    for _ in range(k):
        _, place = heapq.heappop(heap)
        flags[place] = True
    return flags


def count_for(sparsity, n):
    part, _ = divmod(Fraction(repr(float(sparsity))) * n, 1)
    return int(part)


def flat_abs(w):
    return np.abs(w.astype(np.float64)).reshape(-1)


def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1:
        raise TypeError("sparsity must be in [0, 1]")
    if scope not in ("layer", "global"):
        raise ValueError(f"unknown scope {scope!r}")
    found = list_weights(model)
    if scope == "global":
        all_scores = np.hstack([flat_abs(weight) for _, weight in found])
        decision = ~losers(all_scores, count_for(sparsity, all_scores.size))
        keep_map = {}
        for name, weight in found:
            keep_map[name], decision = decision[: weight.size].reshape(weight.shape), decision[weight.size :]
    else:
        keep_map = dict()
        for name, weight in found:
            lost = losers(flat_abs(weight), count_for(sparsity, weight.size))
            keep_map[name] = np.logical_not(lost.reshape(weight.shape))
    return rebuild(model, keep_map), keep_map
