"""Prune a network by magnitude, in NumPy."""

import copy
import itertools
import math
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear, Residual, Sequential


def fresh_layer(layer):
    """A second layer with arrays of its own."""
    other = copy.copy(layer)
    arrays = {attribute: value.copy() for attribute, value in vars(layer).items() if isinstance(value, np.ndarray)}
    other.__dict__.update(arrays)
    return other


def unfold(seq, path, inventory):
    """Copy a container, noting each prunable layer of the copy under its name."""
    fresh = []
    for place, layer in enumerate(seq):
        here = path + [str(place)]
        other = fresh_layer(layer)
        if isinstance(layer, Residual):
            other.body = unfold(layer.body, here + ["body"], inventory)
            if layer.shortcut is not None:
                other.shortcut = unfold(layer.shortcut, here + ["shortcut"], inventory)
        elif isinstance(layer, Linear) or isinstance(layer, Conv2d):
            inventory[".".join(here + ["weight"])] = other
        fresh.append(other)
    return Sequential(fresh)


def validate(sparsity, scope):
    if not (math.isfinite(sparsity) and abs(sparsity - 0.5) <= 0.5 and sparsity >= 0):
        raise ValueError("bad sparsity")
    known = ["layer", "global"]
    if known.count(scope) == 0:
        raise ValueError(f"scope must be one of {known}")


def saliency(w):
    with np.errstate(all="ignore"):
        return (w * w).ravel()


def quota_of(sparsity, n):
    top, bottom = Decimal(repr(float(sparsity))).as_integer_ratio()
    return (top * n) // bottom


def weakest(scores, k):
    _, group, sizes = np.unique(scores, return_inverse=True, return_counts=True)
    group = group.reshape(-1)
    upto = np.cumsum(sizes)
    whole = int(np.searchsorted(upto, k, side="right"))
    hit = group < whole
    rest = k - (int(upto[whole - 1]) if whole else 0)
    if rest:
        hit[np.flatnonzero(group == whole)[:rest]] = True
    return hit


def local_plan(inventory, sparsity):
    dropping = {}
    for key, unit_layer in inventory.items():
        size_list = saliency(unit_layer.weight)
        dropping[key] = weakest(size_list, quota_of(sparsity, size_list.size))
    return dropping


def plan_jointly(inventory, sparsity):
    all_abs = np.concatenate([saliency(unit_layer.weight) for unit_layer in inventory.values()])
    falls = iter(weakest(all_abs, quota_of(sparsity, all_abs.size)).tolist())
    return {key: np.array(list(itertools.islice(falls, unit_layer.weight.size)), bool) for key, unit_layer in inventory.items()}


def prune_weights(model, sparsity, scope="layer"):
    validate(sparsity, scope)
    inventory = {}
    ready = unfold(model, [], inventory)
    dropping = local_plan(inventory, sparsity) if scope == "layer" else plan_jointly(inventory, sparsity)
    survivors = {}
    for key, unit_layer in inventory.items():
        survivors[key] = ~dropping[key].reshape(unit_layer.weight.shape)
        unit_layer.weight = np.where(survivors[key], unit_layer.weight, np.zeros_like(unit_layer.weight))
    return ready, survivors
