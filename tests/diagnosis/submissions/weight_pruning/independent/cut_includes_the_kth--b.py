"""Return a sparse copy of a network together with its masks."""

import copy
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def exact_count(p, n):
    """Number of zeros among n, in exact decimal arithmetic."""
    return int(Decimal(repr(p)) * n // 1)


def guard(sparsity, scope):
    problems = []
    if not (sparsity >= 0 and sparsity <= 1):
        problems.append("sparsity")
    if ("layer", "global").count(scope) == 0:
        problems.append("scope")
    if problems:
        raise ValueError("bad " + " and ".join(problems))


def iter_prunable(root_net):
    for label, layer in root_net.named_modules():
        if isinstance(layer, (Linear, Conv2d)):
            yield label, layer


def mark(rankable, table, flags, sparsity):
    ascending = sorted(table[i][j] for i, j in rankable)
    k = exact_count(sparsity, len(rankable))
    threshold = ascending[k] if k < len(ascending) else ascending[-1]
    for i, j in rankable:
        flags[i][j] = table[i][j] > threshold


def prune_weights(model, sparsity, scope="layer"):
    guard(sparsity, scope)
    fresh = copy.deepcopy(model)
    entries_list = tuple(iter_prunable(fresh))
    table = [np.abs(mod.weight).reshape(-1).tolist() for _, mod in entries_list]
    flags = []
    for numbers in table:
        flags.append([True] * len(numbers))
    lots = []
    for i, numbers in enumerate(table):
        places = [(i, j) for j in range(len(numbers))]
        if scope == "global" and lots:
            lots[0].extend(places)
        else:
            lots.append(places)
    for rankable in lots:
        mark(rankable, table, flags, sparsity)
    book = {}
    for (name, mod), numbers in zip(entries_list, flags):
        mask_array = np.array(numbers, dtype=bool).reshape(mod.weight.shape)
        mod.weight[~mask_array] = 0
        book[f"{name}.weight"] = mask_array
    return fresh, book
