"""Weights of least magnitude are zeroed; returns the new network and its masks."""

import copy
from decimal import ROUND_FLOOR, Decimal

import numpy as np

from judge.nn import Conv2d, Linear, Residual, Sequential


def double(layer):
    """A second layer with arrays of its own."""
    other = copy.copy(layer)
    arrays = {attribute: value.copy() for attribute, value in vars(layer).items() if isinstance(value, np.ndarray)}
    other.__dict__.update(arrays)
    return other


def copy_chain(seq, path, inventory):
    """Copy a container, noting each prunable layer of the copy under its name."""
    fresh = []
    for place, layer in enumerate(seq):
        here = [*path, f"{place}"]
        other = double(layer)
        if isinstance(layer, Residual):
            other.body = copy_chain(layer.body, here + ["body"], inventory)
            if layer.shortcut is not None:
                other.shortcut = copy_chain(layer.shortcut, here + ["shortcut"], inventory)
        elif isinstance(layer, Linear) or isinstance(layer, Conv2d):
            inventory[".".join(here + ["weight"])] = other
        fresh.append(other)
    return Sequential(fresh)


def check_arguments(sparsity, scope):
    if sparsity != sparsity:
        raise ValueError("sparsity is NaN")
    if min(sparsity, 1 - sparsity) < 0 or sparsity > 1:
        raise ValueError("sparsity leaves [0, 1]")


def n_pruned(sparsity, n):
    exact = Decimal(repr(float(sparsity))) * n
    return int(exact.to_integral_value(rounding=ROUND_FLOOR))


def weakest(scores, k):
    values = scores.tolist()
    places = sorted(range(len(values)), key=values.__getitem__)
    gone = [False] * len(values)
    for place in places[:k]:
        gone[place] = True
    return np.array(gone, dtype=bool)


def absolute(w):
    line = w.flatten()
    return np.maximum(line, -line)


def local_plan(inventory, sparsity):
    dropping = {}
    for key, owner in inventory.items():
        size_list = absolute(owner.weight)
        dropping[key] = weakest(size_list, n_pruned(sparsity, size_list.size))
    return dropping


def at_once(inventory, sparsity):
    queue = np.concatenate([absolute(owner.weight) for owner in inventory.values()])
    falls = weakest(queue, n_pruned(sparsity, len(queue)))
    dropping = {}
    for key, owner in inventory.items():
        dropping[key], falls = np.split(falls, [owner.weight.size])
    return dropping


def prune_weights(model, sparsity, scope="layer"):
    check_arguments(sparsity, scope)
    inventory = {}
    ready = copy_chain(model, [], inventory)
    dropping = {"layer": local_plan, "global": at_once}[scope](inventory, sparsity)
    masks = {}
    for key, owner in inventory.items():
        masks[key] = ~dropping[key].reshape(owner.weight.shape)
        owner.weight = np.where(masks[key], owner.weight, np.zeros_like(owner.weight))
    return ready, masks
