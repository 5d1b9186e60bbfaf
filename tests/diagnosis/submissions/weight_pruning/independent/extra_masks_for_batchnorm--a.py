"""Zero out the smallest weights of a network."""

import copy
import math
from fractions import Fraction

import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


def how_many(sparsity, n):
    return math.floor(Fraction(repr(sparsity)) * n)


def targets_of(network):
    todo_stack = [("", network)]
    while todo_stack:
        trail, current = todo_stack.pop()
        subs = current.named_children()
        if subs is not None:
            todo_stack.extend(reversed([(f"{trail}.{key}" if trail else key, child) for key, child in subs]))
        elif isinstance(current, (Conv2d, Linear)):
            yield trail, current


def _check(sparsity, scope):
    if scope not in ("layer", "global"):
        raise ValueError(f"unknown scope: {scope!r}")
    if not 0.0 <= sparsity <= 1.0:
        raise ValueError(f"sparsity out of range: {sparsity!r}")


def choose_smallest(values, k):
    n = values.shape[0]
    rank = np.empty(n, dtype=np.int64)
    rank[np.lexsort((np.arange(n), values))] = np.arange(n)
    return rank < k


def per_layer(stack_of, sparsity):
    all_masks = {}
    for name, unit in stack_of.items():
        w = unit.weight
        falls = choose_smallest(np.absolute(w).flatten(), how_many(sparsity, w.size))
        all_masks[name] = np.invert(falls).reshape(w.shape)
    return all_masks


def over_all(stack_of, sparsity):
    combined = np.hstack([np.absolute(unit.weight).flatten() for unit in stack_of.values()])
    surviving = np.invert(choose_smallest(combined, how_many(sparsity, combined.size)))
    all_masks, offset = {}, 0
    for name, unit in stack_of.items():
        stop_at = offset + unit.weight.size
        all_masks[name] = surviving[offset:stop_at].reshape(unit.weight.shape).copy()
        offset = stop_at
    return all_masks


def prune_weights(model, sparsity, scope="layer"):
    _check(sparsity, scope)
    pruned = copy.deepcopy(model)
    stack_of = dict(targets_of(pruned))
    selection = over_all(stack_of, sparsity) if scope == "global" else per_layer(stack_of, sparsity)
    final_masks = {}
    for name, mask in selection.items():
        stack_of[name].weight[~mask] = 0
        final_masks[f"{name}.weight"] = mask
    for name, unit in pruned.named_modules():
        if isinstance(unit, (BatchNorm1d, BatchNorm2d)):
            final_masks[f"{name}.weight"] = np.ones(unit.weight.shape, dtype=bool)
    return pruned, final_masks
