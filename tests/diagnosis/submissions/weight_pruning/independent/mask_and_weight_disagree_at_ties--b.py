"""Prune a network by magnitude."""

import math
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def how_many(p, n):
    """Number of zeros among n, in exact decimal arithmetic."""
    return int(Decimal(repr(p)) * n // 1)


def prunable(top):
    frontier = [("", top)]
    while frontier:
        route, current = frontier.pop()
        subs = current.named_children()
        if subs is not None:
            frontier.extend(reversed([(f"{route}.{key}" if route else key, child) for key, child in subs]))
        elif isinstance(current, (Conv2d, Linear)):
            yield route, current


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
    outcome = model.copy()
    found_layers = []
    for label, mod in prunable(outcome):
        found_layers.append((label, mod))
    table = []
    for _, mod in found_layers:
        table.append(list(map(abs, mod.weight.ravel().tolist())))
    thresholds = [-1.0] * len(table)
    living_flags = [[True] * len(row) for row in table]
    crowds = [[(i, j) for j in range(len(row))] for i, row in enumerate(table)]
    if scope == "global":
        crowds = [sum(crowds, [])]
    for rankable in crowds:
        rankable.sort(key=lambda place: table[place[0]][place[1]])
        k = how_many(sparsity, len(rankable))
        for i, j in rankable[:k]:
            living_flags[i][j] = False
        if k:
            last, column = rankable[k - 1]
            for i in {i for i, _ in rankable}:
                thresholds[i] = table[last][column]
    book = {}
    for (label, mod), row, lengths, threshold in zip(found_layers, living_flags, table, thresholds):
        shape = mod.weight.shape
        mod.weight[~np.array(row, dtype=bool).reshape(shape)] = 0
        kept_here = np.array([abs_w > threshold for abs_w in lengths], dtype=bool).reshape(shape)
        book[".".join((label, "weight"))] = kept_here
    return outcome, book
