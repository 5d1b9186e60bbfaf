"""Zero out the smallest weights of a network."""

import copy
import itertools
import math
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear, Residual


def guard(sparsity, scope):
    problems = []
    if not (sparsity >= 0 and sparsity <= 1):
        problems.append("sparsity")
    if ("layer", "global").count(scope) == 0:
        problems.append("scope")
    if problems:
        raise ValueError("bad " + " and ".join(problems))


def how_many(sparsity, n):
    return math.floor(Fraction(repr(sparsity)) * n)


def prunable(root_net, prefix=""):
    targets = []
    for i, layer in enumerate(root_net.layers):
        if isinstance(layer, Residual):
            targets.extend(prunable(layer.body, f"{prefix}{i}.body."))
            if layer.shortcut is not None:
                targets.extend(prunable(layer.shortcut, f"{prefix}{i}.shortcut."))
        elif isinstance(layer, Linear) or (isinstance(layer, Conv2d) and layer.groups == 1):
            targets.append((f"{prefix}{i}", layer))
    return targets


def prune_weights(model, sparsity, scope="layer"):
    guard(sparsity, scope)
    answer = copy.deepcopy(model)
    prunables = []
    for name, unit in prunable(answer):
        prunables.append((name, unit))
    table = [[abs(v) for v in unit.weight.flatten().tolist()] for _, unit in prunables]
    flags = [[True] * len(numbers) for numbers in table]
    if scope == "layer":
        batches = [list(itertools.product([i], range(len(numbers)))) for i, numbers in enumerate(table)]
    else:
        batches = [[(i, j) for i in range(len(table)) for j in range(len(table[i]))]]
    for crowd in batches:
        crowd.sort(key=lambda place: table[place[0]][place[1]])
        k = how_many(sparsity, len(crowd))
        for i, j in crowd[:k]:
            flags[i][j] = False
    collected = {}
    for (name, unit), numbers in zip(prunables, flags):
        surviving = np.array(numbers, dtype=bool).reshape(unit.weight.shape)
        unit.weight[np.logical_not(surviving)] = 0.0
        collected[name + ".weight"] = surviving
    return answer, collected
