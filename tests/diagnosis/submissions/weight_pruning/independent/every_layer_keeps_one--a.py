"""Return a sparse copy of a network together with its masks."""

import copy
import heapq
import math
from fractions import Fraction

import numpy as np


def _check(sparsity, scope):
    bad = not math.isfinite(sparsity) or sparsity < 0 or sparsity > 1
    if bad:
        raise ValueError("the sparsity has to lie in [0, 1]")
    if scope != "layer" and scope != "global":
        raise ValueError("the scope is either layer or global")


def pick_dropped(vals, k):
    pairs = zip(vals.tolist(), range(vals.size))
    smallest = sorted(pairs)[:k] if 2 * k > vals.size else heapq.nsmallest(k, pairs)
    marks = np.zeros(vals.size, dtype=bool)
    marks[np.array([place for _, place in smallest], dtype=int)] = True
    return marks


def iter_prunable(item, path=()):
    children = item.named_children()
    if children is None:
        weight = getattr(item, "weight", None)
        if weight is not None and weight.ndim in (2, 4):
            yield ".".join(path), item
        return
    for key, child in children:
        yield from iter_prunable(child, (*path, key))


def budget_for(sparsity, entries):
    precise = Fraction(repr(sparsity)) * entries
    whole, rest = divmod(precise, 1)
    return int(whole) + (1 if rest > 0 else 0)


def prune_weights(model, sparsity, scope="layer"):
    _check(sparsity, scope)
    slim = copy.deepcopy(model)
    candidates = list(iter_prunable(slim))
    teams = zip(candidates) if scope == "layer" else (candidates,)
    all_masks = {}
    for team in teams:
        numels = [layer.weight.size for _, layer in team]
        sizes_of_all = np.concatenate([np.absolute(layer.weight).ravel() for _, layer in team])
        removed_flags = pick_dropped(sizes_of_all, budget_for(sparsity, sizes_of_all.size))
        spot = 0
        for (name, layer), length in zip(team, numels):
            part = removed_flags[spot : spot + length]
            spot += length
            if scope == "global" and part.all():
                part[np.argmax(np.absolute(layer.weight).ravel())] = False  # against layer collapse
            surviving = ~part.reshape(layer.weight.shape)
            layer.weight = np.where(surviving, layer.weight, layer.weight.dtype.type(0))
            all_masks[f"{name}.weight"] = surviving
    return slim, all_masks
