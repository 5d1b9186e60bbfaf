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
    arrays = {attribute: value.copy() for attribute, value in vars(layer).items() if isinstance(value, np.ndarray)}
    other.__dict__.update(arrays)
    return other


def unfold(seq, path, inventory):
    """Copy a container, noting each prunable layer of the copy under its name."""
    fresh = []
    for place, layer in enumerate(seq):
        here = [*path, f"{place}"]
        other = fresh_layer(layer)
        if isinstance(layer, Residual):
            other.body = unfold(layer.body, here + ["body"], inventory)
            if layer.shortcut is not None:
                other.shortcut = unfold(layer.shortcut, here + ["shortcut"], inventory)
        elif isinstance(layer, Linear) or isinstance(layer, Conv2d):
            inventory[".".join(here + ["weight"])] = other
        fresh.append(other)
    return Sequential(fresh)


def strength(w):
    return np.abs(w.astype(np.float64)).reshape(-1)


def choose_least(scores, k):
    order = np.argsort(scores, kind="stable")
    ascending = scores[order]
    where_found = np.searchsorted(ascending, ascending[:k])
    hit = np.zeros(scores.shape, bool)
    np.put(hit, order[where_found], True)
    return hit


def n_pruned(sparsity, n):
    top, bottom = Decimal(repr(float(sparsity))).as_integer_ratio()
    return (top * n) // bottom


def plan_each(inventory, sparsity):
    return {key: choose_least(strength(part.weight), n_pruned(sparsity, part.weight.size)) for key, part in inventory.items()}


def global_plan(inventory, sparsity):
    all_abs = np.concatenate([strength(part.weight) for part in inventory.values()])
    falls = iter(choose_least(all_abs, n_pruned(sparsity, all_abs.size)).tolist())
    return {key: np.array(list(itertools.islice(falls, part.weight.size)), bool) for key, part in inventory.items()}


def prune_weights(model, sparsity, scope="layer"):
    if not (math.isfinite(sparsity) and abs(sparsity - 0.5) <= 0.5 and sparsity >= 0):
        raise ValueError("bad sparsity")
    if scope != "layer" and scope != "global":
        raise ValueError("scope is 'layer' or 'global'")
    inventory = {}
    ready = unfold(model, [], inventory)
    plan = plan_each(inventory, sparsity) if scope == "layer" else global_plan(inventory, sparsity)
    mask_by_name = {}
    for key, part in inventory.items():
        mask_by_name[key] = ~plan[key].reshape(part.weight.shape)
        part.weight = np.where(mask_by_name[key], part.weight, np.zeros_like(part.weight))
    return ready, mask_by_name
