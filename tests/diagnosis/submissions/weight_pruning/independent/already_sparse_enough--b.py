"""prune_weights: magnitude pruning with masks."""

import copy
from decimal import Decimal

import numpy as np


def verify_arguments(sparsity, scope):
    if scope not in ("layer", "global"):
        raise ValueError(f"unknown scope: {scope!r}")
    if not 0.0 <= sparsity <= 1.0:
        raise ValueError(f"sparsity out of range: {sparsity!r}")


def exact_count(p, n):
    """Number of zeros among n, in exact decimal arithmetic."""
    return int(Decimal(repr(p)) * n // 1)


def find_layers(node, path=()):
    subs = node.named_children()
    if subs is None:
        weight = getattr(node, "weight", None)
        if weight is not None and weight.ndim in (2, 4):
            yield ".".join(path), node
        return
    for key, child in subs:
        yield from find_layers(child, (*path, key))


def prune_weights(model, sparsity, scope="layer"):
    verify_arguments(sparsity, scope)
    outcome = copy.deepcopy(model)
    entries_list = tuple(find_layers(outcome))
    grid = [np.abs(unit.weight).flatten().tolist() for _, unit in entries_list]
    kept_flags = [[True] * len(row) for row in grid]
    lots = [[(i, j) for j in range(len(row))] for i, row in enumerate(grid)]
    if scope == "global":
        lots = [sum(lots, [])]
    for crowd in lots:
        crowd.sort(key=lambda place: grid[place[0]][place[1]])
        k = exact_count(sparsity, len(crowd))
        if [grid[i][j] for i, j in crowd].count(0.0) >= k:
            continue  # nothing left to do here
        for i, j in crowd[:k]:
            kept_flags[i][j] = False
    mask_of = {}
    for (name, unit), row in zip(entries_list, kept_flags):
        mask_array = np.array(row, dtype=bool).reshape(unit.weight.shape)
        unit.weight = np.where(mask_array, unit.weight, np.zeros_like(unit.weight))
        mask_of[name + ".weight"] = mask_array
    return outcome, mask_of
