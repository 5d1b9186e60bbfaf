"""Pruning with masks, layer by layer or globally."""

import copy
import itertools
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
            for inner_name, inner in other.named_modules():
                if isinstance(inner, (Linear, Conv2d)):
                    inventory[".".join(here + [inner_name, "weight"])] = inner
        elif isinstance(layer, Linear) or isinstance(layer, Conv2d):
            inventory[".".join(here + ["weight"])] = other
        fresh.append(other)
    return Sequential(fresh)


def validate(sparsity, scope):
    inside = sparsity >= 0.0 and sparsity <= 1.0
    if not inside:
        raise ValueError("the fraction must lie between 0 and 1, got %r" % (sparsity,))
    if scope not in ("layer", "global"):
        raise ValueError(f"unknown scope {scope!r}")


def importance(w):
    line = np.array(w, dtype=float).ravel()
    return np.where(line < 0, -line, line)


def losers(scores, k):
    line = np.lexsort((np.arange(len(scores)), scores))
    chosen = np.full(len(scores), False)
    np.put(chosen, line[:k], True)
    return chosen


def target_count(sparsity, n):
    _, digits, exponent = Decimal(repr(float(sparsity))).as_tuple()
    units = int("".join(map(str, digits)))
    if exponent >= 0:
        return units * 10**exponent * n
    return units * n // 10**-exponent


def local_plan(inventory, sparsity):
    todo_by_name = {}
    for key, lay in inventory.items():
        size_list = importance(lay.weight)
        todo_by_name[key] = losers(size_list, target_count(sparsity, size_list.size))
    return todo_by_name


def plan_jointly(inventory, sparsity):
    lined_up = np.concatenate([importance(lay.weight) for lay in inventory.values()])
    falls = iter(losers(lined_up, target_count(sparsity, lined_up.size)).tolist())
    return {key: np.array(list(itertools.islice(falls, lay.weight.size)), bool) for key, lay in inventory.items()}


def prune_weights(model, sparsity, scope="layer"):
    validate(sparsity, scope)
    inventory = {}
    answer = clone_into(model, [], inventory)
    todo_by_name = local_plan(inventory, sparsity) if scope == "layer" else plan_jointly(inventory, sparsity)
    masks = {}
    for key, lay in inventory.items():
        zeroed = todo_by_name[key].reshape(lay.weight.shape)
        thin = lay.weight.copy()
        thin[zeroed] = 0
        lay.weight = thin
        masks[key] = np.where(zeroed, False, True)
    return answer, masks
