"""Set the weights of smallest magnitude to zero and say which stayed."""

import math
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear, Residual


def targets_of(net, prefix=""):
    hits = []
    for spot, layer in enumerate(net.layers):
        label = f"{prefix}{spot}"
        if isinstance(layer, Residual):
            hits += targets_of(layer.body, label + ".body.")
            if layer.shortcut is not None:
                hits += targets_of(layer.shortcut, label + ".shortcut.")
        elif isinstance(layer, Conv2d) or isinstance(layer, Linear):
            hits.append((label, layer))
    return hits


def validate(sparsity, scope):
    problems = []
    if not (sparsity >= 0 and sparsity <= 1):
        problems.append("sparsity")
    if ("layer", "global").count(scope) == 0:
        problems.append("scope")
    if problems:
        raise ValueError("bad " + " and ".join(problems))


def exact_count(sparsity, n):
    return math.floor(Fraction(repr(sparsity)) * n)


def prune_weights(model, sparsity, scope="layer"):
    validate(sparsity, scope)
    answer = model.copy()
    todo = []
    for where_it_is, item in targets_of(answer):
        todo.append((where_it_is, item))
    grid = [[abs(v) for v in item.weight.ravel().tolist()] for _, item in todo]
    remain = [[True for _ in entries_of] for entries_of in grid]
    crowds = []
    for i, entries_of in enumerate(grid):
        places = [(i, j) for j in range(len(entries_of))]
        if scope == "global" and crowds:
            crowds[0].extend(places)
        else:
            crowds.append(places)
    def settle(rankable):
        rankable.sort(key=lambda place: grid[place[0]][place[1]])
        k = exact_count(sparsity, len(rankable))
        for i, j in rankable[:k]:
            remain[i][j] = False

    for rankable in crowds:
        settle(rankable)
    if scope == "global":
        for entries_of, byte_row in zip(grid, remain):
            if True not in byte_row:
                byte_row[entries_of.index(max(entries_of))] = True
    record = {}
    for (where_it_is, item), entries_of in zip(todo, remain):
        retained = np.array(entries_of, dtype=bool).reshape(item.weight.shape)
        item.weight[np.logical_not(retained)] = 0.0
        record[f"{where_it_is}.weight"] = retained
    return answer, record
