"""Prune a network by magnitude."""

import copy
from fractions import Fraction

import numpy as np


def collect(item, path=()):
    subs = item.named_children()
    if subs is None:
        weight = getattr(item, "weight", None)
        if weight is not None and weight.ndim in (2, 4):
            yield ".".join(path), item
        return
    for key, child in subs:
        yield from collect(child, (*path, key))


def guard(sparsity, scope):
    problems = []
    if not (sparsity >= 0 and sparsity <= 1):
        problems.append("sparsity")
    if ("layer", "global").count(scope) == 0:
        problems.append("scope")
    if problems:
        raise ValueError("bad " + " and ".join(problems))


def share_of(sparsity, ordered):
    product = Fraction(repr(sparsity)) * ordered
    whole, rest = divmod(product, 1)
    return int(whole) + (1 if rest > 0 else 0)


def prune_weights(model, sparsity, scope="layer"):
    guard(sparsity, scope)
    pruned = copy.deepcopy(model)
    found_layers = []
    for where_it_is, unit in collect(pruned):
        found_layers.append((where_it_is, unit))
    grid = [[abs(v) for v in unit.weight.flatten().tolist()] for _, unit in found_layers]
    kept_flags = [[True for _ in entries_of] for entries_of in grid]
    lots = [[(i, j) for j in range(len(entries_of))] for i, entries_of in enumerate(grid)]
    if scope == "global":
        lots = [sum(lots, [])]
    for crowd in lots:
        crowd.sort(key=lambda place: grid[place[0]][place[1]])
        k = share_of(sparsity, len(crowd))
        if k:
            i, j = crowd[k - 1]
            kth = grid[i][j]
            for i, j in crowd:
                kept_flags[i][j] = grid[i][j] > kth
    all_masks = {}
    for (where_it_is, unit), entries_of in zip(found_layers, kept_flags):
        stays_here = np.array(entries_of, dtype=bool).reshape(unit.weight.shape)
        unit.weight = np.where(stays_here, unit.weight, np.zeros_like(unit.weight))
        all_masks[".".join((where_it_is, "weight"))] = stays_here
    return pruned, all_masks
