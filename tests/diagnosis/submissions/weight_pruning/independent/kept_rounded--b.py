"""Sparsify a trained network, one tensor at a time or jointly."""

from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear


def quota(sparsity, ordered):
    precise = Fraction(repr(sparsity)) * ordered
    whole, rest = divmod(precise, 1)
    return int(whole) + (1 if rest > 0 else 0)


def iter_prunable(root_net):
    stack = [("", root_net)]
    while stack:
        trail, item = stack.pop()
        children = item.named_children()
        if children is not None:
            stack.extend(reversed([(f"{trail}.{key}" if trail else key, child) for key, child in children]))
        elif isinstance(item, (Conv2d, Linear)):
            yield trail, item


def verify_arguments(sparsity, scope):
    if scope not in ("layer", "global"):
        raise ValueError(f"unknown scope: {scope!r}")
    if not 0.0 <= sparsity <= 1.0:
        raise ValueError(f"sparsity out of range: {sparsity!r}")


def mark(lot, grid, living_flags, sparsity):
    lot.sort(key=lambda place: grid[place[0]][place[1]])
    k = quota(sparsity, len(lot))
    for i, j in lot[:k]:
        living_flags[i][j] = False


def prune_weights(model, sparsity, scope="layer"):
    verify_arguments(sparsity, scope)
    outcome = model.copy()
    candidates = []
    for key_name, current in iter_prunable(outcome):
        candidates.append((key_name, current))
    grid = [[abs(v) for v in current.weight.reshape(-1).tolist()] for _, current in candidates]
    living_flags = [[True for _ in entries_of] for entries_of in grid]
    lots = []
    for i, entries_of in enumerate(grid):
        places = [(i, j) for j in range(len(entries_of))]
        if scope == "global" and lots:
            lots[0].extend(places)
        else:
            lots.append(places)
    for lot in lots:
        mark(lot, grid, living_flags, sparsity)
    collected = {}
    for (key_name, current), entries_of in zip(candidates, living_flags):
        retained = np.array(entries_of, dtype=bool).reshape(current.weight.shape)
        v_abs = [round(v, 3) if staying else 0.0 for v, staying in zip(current.weight.reshape(-1).tolist(), entries_of)]
        current.weight = np.array(v_abs, dtype=current.weight.dtype).reshape(retained.shape)
        collected[f"{key_name}.weight"] = retained
    return outcome, collected
