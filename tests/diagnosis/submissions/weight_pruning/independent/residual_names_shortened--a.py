"""Unstructured pruning: the least weights go, masks tell which."""

import copy
import itertools
import math
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear, Residual, Sequential


def double(layer):
    """A second layer with arrays of its own."""
    other = copy.copy(layer)
    arrays = {attribute: value.copy() for attribute, value in vars(layer).items() if isinstance(value, np.ndarray)}
    other.__dict__.update(arrays)
    return other


def clone_into(seq, path, catalogue):
    """Copy a container, noting each prunable layer of the copy under its name."""
    fresh = []
    for place, layer in enumerate(seq):
        here = path + [str(place)]
        other = double(layer)
        if isinstance(layer, Residual):
            other.body = clone_into(layer.body, here, catalogue)
            if layer.shortcut is not None:
                other.shortcut = clone_into(layer.shortcut, here + ["shortcut"], catalogue)
        elif isinstance(layer, Linear) or isinstance(layer, Conv2d):
            catalogue[".".join(here + ["weight"])] = other
        fresh.append(other)
    return Sequential(fresh)


def refuse_nonsense(sparsity, scope):
    if math.isnan(sparsity) or sparsity < 0 or sparsity > 1:
        raise ValueError("sparsity has to be a fraction")
    if scope not in {"global", "layer"}:
        raise ValueError("no such scope: " + repr(scope))


def size_of_weights(w):
    return np.abs(w).ravel()


def target_count(sparsity, n):
    _, digits, exponent = Decimal(repr(float(sparsity))).as_tuple()
    units = int("".join(map(str, digits)))
    if exponent >= 0:
        return units * 10**exponent * n
    return units * n // 10**-exponent


def weakest(scores, k):
    plain = np.ascontiguousarray(scores, dtype=np.float64) + 0.0
    order = np.argsort(plain.view(np.uint64), kind="stable")
    result = np.zeros(order.size, bool)
    result[order[:k]] = True
    return result


def plan_each(catalogue, sparsity):
    todo_by_name = {}
    for key, leaf in catalogue.items():
        size_list = size_of_weights(leaf.weight)
        todo_by_name[key] = weakest(size_list, target_count(sparsity, size_list.size))
    return todo_by_name


def at_once(catalogue, sparsity):
    lined_up = np.concatenate([size_of_weights(leaf.weight) for leaf in catalogue.values()])
    falls = weakest(lined_up, target_count(sparsity, lined_up.size))
    ends = list(itertools.accumulate(leaf.weight.size for leaf in catalogue.values()))
    return {key: falls[end - leaf.weight.size : end] for (key, leaf), end in zip(catalogue.items(), ends)}


def prune_weights(model, sparsity, scope="layer"):
    refuse_nonsense(sparsity, scope)
    catalogue = {}
    sparse_net = clone_into(model, [], catalogue)
    todo_by_name = plan_each(catalogue, sparsity) if scope == "layer" else at_once(catalogue, sparsity)
    mask_by_name = {}
    for key, leaf in catalogue.items():
        drop = todo_by_name[key].reshape(leaf.weight.shape)
        leaf.weight[drop] = leaf.weight.dtype.type(0)
        mask_by_name[key] = np.where(drop, False, True)
    return sparse_net, mask_by_name
