"""Weights of least magnitude are zeroed; returns the new network and its masks."""

import heapq
from decimal import Decimal

import numpy as np

from judge.nn import AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, Linear, MaxPool2d, Residual, Sequential


def list_weights(seq, prefix=""):
    """All weights below a container, with their names."""
    inventory = []
    for number, layer in enumerate(seq.layers):
        where = f"{prefix}{number}."
        if isinstance(layer, Residual):
            inventory += list_weights(layer.body, where + "body.")
            if layer.shortcut is not None:
                inventory += list_weights(layer.shortcut, where + "shortcut.")
        elif isinstance(layer, (Linear, Conv2d)):
            inventory.append((where + "weight", layer.weight))
    return inventory


def twin(array):
    if array is not None:
        return np.array(array)
    return None


def masked_weight(weight, mask):
    fresh = np.array(weight)
    np.putmask(fresh, ~mask, 0)
    return fresh


def construct(seq, keep_map, prefix=""):
    result = Sequential()
    for number, layer in enumerate(seq):
        result.append(remake(layer, keep_map, f"{prefix}{number}."))
    return result


def remake(layer, keep_map, where):
    """One new layer like the old, with what its mask leaves."""
    if isinstance(layer, Residual):
        body = construct(layer.body, keep_map, where + "body.")
        shortcut = None if layer.shortcut is None else construct(layer.shortcut, keep_map, where + "shortcut.")
        return Residual(body, shortcut)
    if isinstance(layer, Linear):
        return Linear(masked_weight(layer.weight, keep_map[where + "weight"]), twin(layer.bias))
    if isinstance(layer, Conv2d):
        return Conv2d(
            masked_weight(layer.weight, keep_map[where + "weight"]), twin(layer.bias), layer.stride, layer.padding, layer.groups
        )
    if isinstance(layer, (BatchNorm1d, BatchNorm2d)):
        return type(layer)(
            twin(layer.weight), twin(layer.bias), twin(layer.running_mean), twin(layer.running_var), layer.eps
        )
    if isinstance(layer, (MaxPool2d, AvgPool2d)):
        return type(layer)(layer.kernel_size, layer.stride)
    return type(layer)()


def select(scores, k):
    heap = list(zip(scores.tolist(), range(scores.size)))
    heapq.heapify(heap)
    flags = np.zeros(scores.size, np.bool_)
    for _ in range(k):
        _, place = heapq.heappop(heap)
        flags[place] = True
    return flags


def size_of_weights(w):
    line = w.flatten()
    return np.maximum(line, -line)


def quota_of(sparsity, n):
    _, digits, exponent = Decimal(repr(float(sparsity))).as_tuple()
    units = int("".join(map(str, digits)))
    if exponent >= 0:
        return units * 10**exponent * n
    return units * n // 10**-exponent


def prune_weights(model, sparsity, scope="layer"):
    if sparsity > 1:
        sparsity = 1.0
    elif not sparsity >= 0:
        sparsity = 0.0
    if scope != "layer" and scope != "global":
        raise ValueError("scope is 'layer' or 'global'")
    inventory = list_weights(model)
    if scope == "global":
        everything = np.hstack([size_of_weights(weight) for _, weight in inventory])
        decision = ~select(everything, quota_of(sparsity, everything.size))
        keep_map = {}
        for name, weight in inventory:
            keep_map[name], decision = decision[: weight.size].reshape(weight.shape), decision[weight.size :]
    else:
        keep_map = dict()
        for name, weight in inventory:
            lost = select(size_of_weights(weight), quota_of(sparsity, weight.size))
            keep_map[name] = np.logical_not(lost.reshape(weight.shape))
    return construct(model, keep_map), keep_map
