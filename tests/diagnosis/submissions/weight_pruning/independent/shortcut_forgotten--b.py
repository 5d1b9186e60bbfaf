"""prune_weights: keep the large weights, drop the small ones."""

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


def copy_chain(seq, path, found):
    """Copy a container, noting each prunable layer of the copy under its name."""
    fresh = []
    for place, layer in enumerate(seq):
        here = [*path, f"{place}"]
        other = fresh_layer(layer)
        if isinstance(layer, Residual):
            other.body = copy_chain(layer.body, here + ["body"], found)
            if layer.shortcut is not None:
                other.shortcut = copy.deepcopy(layer.shortcut)
        elif isinstance(layer, Linear) or isinstance(layer, Conv2d):
            found[".".join(here + ["weight"])] = other
        fresh.append(other)
    return Sequential(fresh)


def check_arguments(sparsity, scope):
    inside = sparsity >= 0.0 and sparsity <= 1.0
    if not inside:
        raise ValueError("the fraction must lie between 0 and 1, got %r" % (sparsity,))
    if scope not in {"global", "layer"}:
        raise ValueError("no such scope: " + repr(scope))


def smallest(scores, k):
    out_mask = np.zeros(scores.size, dtype=bool)
    out_mask[np.argsort(scores, kind="stable")[:k]] = True
    return out_mask


def amount(sparsity, n):
    return math.ceil(Decimal(repr(float(sparsity))) * n)


def absolute(w):
    line = w.flatten()
    return np.maximum(line, -line)


def plan_each(found, sparsity):
    todo_by_name = {}
    for key, unit_layer in found.items():
        size_list = absolute(unit_layer.weight)
        todo_by_name[key] = smallest(size_list, amount(sparsity, size_list.size))
    return todo_by_name


def at_once(found, sparsity):
    all_abs = np.concatenate([absolute(unit_layer.weight) for unit_layer in found.values()])
    falls = iter(smallest(all_abs, amount(sparsity, all_abs.size)).tolist())
    return {key: np.array(list(itertools.islice(falls, unit_layer.weight.size)), bool) for key, unit_layer in found.items()}


def prune_weights(model, sparsity, scope="layer"):
    check_arguments(sparsity, scope)
    found = {}
    answer = copy_chain(model, [], found)
    todo_by_name = plan_each(found, sparsity) if scope == "layer" else at_once(found, sparsity)
    survivors = {}
    for key, unit_layer in found.items():
        survivors[key] = ~todo_by_name[key].reshape(unit_layer.weight.shape)
        unit_layer.weight = np.where(survivors[key], unit_layer.weight, np.zeros_like(unit_layer.weight))
    return answer, survivors
