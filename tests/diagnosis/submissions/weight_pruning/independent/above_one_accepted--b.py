"""Magnitude pruning, by layer or over the whole network."""

import itertools
import math
from fractions import Fraction

import numpy as np


def pruned_count(share, n):
    if share >= 1:
        return n
    return int(Fraction(repr(share)) * n)


def guard(share, scope):
    if math.isnan(share) or share < 0.0:
        raise ValueError(f"bad share {share}")
    if not (scope == "global" or scope == "layer"):
        raise ValueError(f"bad scope {scope}")


def targets_of(item, path=()):
    inner = item.named_children()
    if inner is None:
        weight = getattr(item, "weight", None)
        if weight is not None and weight.ndim in (2, 4):
            yield ".".join(path), item
        return
    for key, child in inner:
        yield from targets_of(child, (*path, key))


def mark(rankable, sheet, marks, sparsity):
    rankable.sort(key=lambda place: sheet[place[0]][place[1]])
    k = pruned_count(sparsity, len(rankable))
    for i, j in rankable[:k]:
        marks[i][j] = False


def prune_weights(model, sparsity, scope="layer"):
    guard(sparsity, scope)
    pruned = model.copy()
    todo = tuple(targets_of(pruned))
    sheet = [[abs(v) for v in module.weight.reshape(-1).tolist()] for _, module in todo]
    marks = []
    for entries_of in sheet:
        marks.append([True] * len(entries_of))
    if scope == "layer":
        crowds = [list(itertools.product([i], range(len(entries_of)))) for i, entries_of in enumerate(sheet)]
    else:
        crowds = [[(i, j) for i in range(len(sheet)) for j in range(len(sheet[i]))]]
    for rankable in crowds:
        mark(rankable, sheet, marks, sparsity)
    mask_of = {}
    for (name, module), entries_of in zip(todo, marks):
        surviving = np.array(entries_of, dtype=bool).reshape(module.weight.shape)
        module.weight = np.where(surviving, module.weight, np.zeros_like(module.weight))
        mask_of["%s.weight" % name] = surviving
    return pruned, mask_of
