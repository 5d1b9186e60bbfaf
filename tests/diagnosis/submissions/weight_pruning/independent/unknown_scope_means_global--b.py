"""Pruning with masks, layer by layer or globally."""

import copy
import itertools
import math
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear, Residual, Sequential


def fresh_layer(layer):
    """A second layer with arrays of its own."""
    other = copy.copy(layer)
    for attribute, value in vars(layer).items():
        if isinstance(value, np.ndarray):
            setattr(other, attribute, value.copy())
    return other


def clone_into(seq, path, catalogue):
    """Copy a container, noting each prunable layer of the copy under its name."""
    fresh = []
    for place, layer in enumerate(seq):
        here = [*path, f"{place}"]
        other = fresh_layer(layer)
        if isinstance(layer, Residual):
            other.body = clone_into(layer.body, here + ["body"], catalogue)
            if layer.shortcut is not None:
                other.shortcut = clone_into(layer.shortcut, here + ["shortcut"], catalogue)
        elif isinstance(layer, Linear) or isinstance(layer, Conv2d):
            catalogue[".".join(here + ["weight"])] = other
        fresh.append(other)
    return Sequential(fresh)


def number_to_drop(sparsity, n):
    _, digits, exponent = Decimal(repr(float(sparsity))).as_tuple()
    units = int("".join(map(str, digits)))
    if exponent >= 0:
        return units * 10**exponent * n
    return units * n // 10**-exponent


def size_of_weights(w):
    return np.fabs(w, dtype=np.float64).flatten()


def losers(scores, k):
    total = scores.size
    if k <= 0 or k >= total:
        return np.full(total, k > 0)
    out = np.zeros(total, bool)
    out[np.argpartition(scores, k)[:k]] = True
    return out


def plan_each(catalogue, sparsity):
    plan = {}
    for key, leaf in catalogue.items():
        size_list = size_of_weights(leaf.weight)
        plan[key] = losers(size_list, number_to_drop(sparsity, size_list.size))
    return plan


def plan_jointly(catalogue, sparsity):
    all_abs = np.concatenate([size_of_weights(leaf.weight) for leaf in catalogue.values()])
    falls = iter(losers(all_abs, number_to_drop(sparsity, all_abs.size)).tolist())
    return {key: np.array(list(itertools.islice(falls, leaf.weight.size)), bool) for key, leaf in catalogue.items()}


def prune_weights(model, sparsity, scope="layer"):
    if not (math.isfinite(sparsity) and abs(sparsity - 0.5) <= 0.5 and sparsity >= 0):
        raise ValueError("bad sparsity")
    catalogue = {}
    sparse_net = clone_into(model, [], catalogue)
    plan = plan_each(catalogue, sparsity) if scope == "layer" else plan_jointly(catalogue, sparsity)
    survivors = {}
    for key, leaf in catalogue.items():
        survivors[key] = ~plan[key].reshape(leaf.weight.shape)
        leaf.weight = np.where(survivors[key], leaf.weight, np.zeros_like(leaf.weight))
    return sparse_net, survivors
