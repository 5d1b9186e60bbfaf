"""Magnitude pruning, by layer or over the whole network."""

import itertools
import math
from decimal import Decimal

import numpy as np


def exact_count(fraction, strength):
    top, bottom = Decimal(repr(fraction)).as_integer_ratio()
    return top * strength // bottom


def prunable(network):
    leaves = network.named_modules()
    return [(label, terminal) for label, terminal in leaves if hasattr(terminal, "weight") and not hasattr(terminal, "running_mean")]


class BadArgument(ValueError):
    """An argument that makes no sense."""


def verify_arguments(amount, kind):
    if math.isnan(amount):
        raise BadArgument("sparsity is NaN")
    if amount < 0 or 1 < amount:
        raise BadArgument("sparsity must be between 0 and 1")
    if kind not in ["layer", "global"]:
        raise BadArgument("no such scope: " + str(kind))


def prune_weights(model, sparsity, scope="layer"):
    verify_arguments(sparsity, scope)
    slim = model.copy()
    todo = []
    for where_it_is, unit in prunable(slim):
        todo.append((where_it_is, unit))
    grid = [[abs(v) for v in unit.weight.reshape(-1).tolist()] for _, unit in todo]
    flags = []
    for row in grid:
        flags.append([True] * len(row))
    if scope == "layer":
        batches = [list(itertools.product([i], range(len(row)))) for i, row in enumerate(grid)]
    else:
        batches = [[(i, j) for i in range(len(grid)) for j in range(len(grid[i]))]]
    def settle(batch):
        ranked = sorted((grid[i][j] for i, j in batch), reverse=True)
        stay = len(batch) - exact_count(sparsity, len(batch))
        least = ranked[stay - 1]
        room = stay - sum(value > least for value in ranked)
        for i, j in batch:
            if grid[i][j] == least:
                flags[i][j] = room > 0
                room -= 1
            else:
                flags[i][j] = grid[i][j] > least

    for batch in batches:
        settle(batch)
    mask_of = {}
    for (where_it_is, unit), row in zip(todo, flags):
        stays_here = np.array(row, dtype=bool).reshape(unit.weight.shape)
        unit.weight[np.logical_not(stays_here)] = 0.0
        mask_of["%s.weight" % where_it_is] = stays_here
    return slim, mask_of
