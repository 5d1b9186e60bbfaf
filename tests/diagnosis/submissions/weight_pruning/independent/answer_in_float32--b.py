"""Set the weights of smallest magnitude to zero and say which stayed."""

import copy
import math
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear


def prunable(net):
    for name, layer in net.named_modules():
        if isinstance(layer, (Linear, Conv2d)):
            yield name, layer


def ensure_valid(sparsity, scope):
    problems = []
    if not (sparsity >= 0 and sparsity <= 1):
        problems.append("sparsity")
    if ("layer", "global").count(scope) == 0:
        problems.append("scope")
    if problems:
        raise ValueError("bad " + " and ".join(problems))


def exact_count(sparsity, n):
    return math.floor(Fraction(repr(sparsity)) * n)


def mark(lot, table, living_flags, sparsity):
    lot.sort(key=lambda place: table[place[0]][place[1]])
    k = exact_count(sparsity, len(lot))
    for i, j in lot[:k]:
        living_flags[i][j] = False


def prune_weights(model, sparsity, scope="layer"):
    ensure_valid(sparsity, scope)
    fresh = copy.deepcopy(model)
    candidates = [*prunable(fresh)]
    table = [abs(mod.weight).ravel().tolist() for _, mod in candidates]
    living_flags = []
    for row in table:
        living_flags.append([True] * len(row))
    arenas = [[(i, j) for j in range(len(row))] for i, row in enumerate(table)]
    if scope == "global":
        arenas = [sum(arenas, [])]
    for lot in arenas:
        mark(lot, table, living_flags, sparsity)
    all_masks = {}
    for (title, mod), row in zip(candidates, living_flags):
        kept_here = np.array(row, dtype=bool).reshape(mod.weight.shape)
        values = [v if kept else 0.0 for v, kept in zip(mod.weight.ravel().tolist(), row)]
        mod.weight = np.array(values, dtype="float32").reshape(mod.weight.shape)
        all_masks[f"{title}.weight"] = kept_here
    return fresh, all_masks
