"""Prune a network by magnitude, in NumPy."""

import copy
import math
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear, Residual, Sequential


def separate(layer):
    """A second layer with arrays of its own."""
    other = copy.copy(layer)
    arrays = {attribute: value.copy() for attribute, value in vars(layer).items() if isinstance(value, np.ndarray)}
    other.__dict__.update(arrays)
    return other


def clone_into(seq, path, inventory):
    """Copy a container, noting each prunable layer of the copy under its name."""
    fresh = []
    for place, layer in enumerate(seq):
        here = [*path, f"{place}"]
        other = separate(layer)
        if isinstance(layer, Residual):
            other.body = clone_into(layer.body, here + ["body"], inventory)
            if layer.shortcut is not None:
                other.shortcut = clone_into(layer.shortcut, here + ["shortcut"], inventory)
        elif isinstance(layer, Linear) or isinstance(layer, Conv2d):
            inventory[".".join(here + ["weight"])] = other
        fresh.append(other)
    return Sequential(fresh)


def number_to_drop(sparsity, n):
    top, bottom = Decimal(repr(float(sparsity))).as_integer_ratio()
    return (top * n) // bottom


def mark_small(scores, k):
    plain = np.ascontiguousarray(scores, dtype=np.float64) + 0.0
    order = np.argsort(plain.view(np.uint64), kind="stable")
    result = np.zeros(order.size, bool)
    result[order[:k]] = True
    return result


def magnitudes_of(w):
    return np.abs(w.astype(np.float64)).reshape(-1)


def plan_each(inventory, sparsity):
    plan = {}
    for key, lay in inventory.items():
        size_list = magnitudes_of(lay.weight)
        plan[key] = mark_small(size_list, number_to_drop(sparsity, size_list.size))
    return plan


def global_plan(inventory, sparsity):
    lined_up = np.concatenate([magnitudes_of(lay.weight) for lay in inventory.values()])
    falls = mark_small(lined_up, number_to_drop(sparsity, len(lined_up)))
    plan = {}
    for key, lay in inventory.items():
        plan[key], falls = np.split(falls, [lay.weight.size])
    return plan


def prune_weights(model, sparsity, scope="layer"):
    if math.isnan(sparsity) or sparsity < 0 or sparsity > 1:
        raise ValueError("sparsity has to be a fraction")
    if scope not in ("layer", "global"):
        raise ValueError(f"unknown scope {scope!r}")
    inventory = {}
    sparse_net = clone_into(model, [], inventory)
    plan = plan_each(inventory, sparsity) if scope == "layer" else global_plan(inventory, sparsity)
    kept_where = {}
    for key, lay in inventory.items():
        kill = plan[key].reshape(lay.weight.shape)
        lay.weight[kill] = lay.weight.dtype.type(0)
        kept_where[key] = np.where(kill, False, True)
    return sparse_net
