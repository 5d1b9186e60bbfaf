"""Unstructured pruning of Linear and Conv2d weights."""

import copy
import itertools
import math

import numpy as np


def find_layers(current, path=()):
    children = current.named_children()
    if children is None:
        weight = getattr(current, "weight", None)
        if weight is not None and weight.ndim in (2, 4):
            yield ".".join(path), current
        return
    for key, child in children:
        yield from find_layers(child, (*path, key))


def guard(fraction, where):
    clipped = min(max(fraction, 0.0), 1.0)
    if clipped != fraction:  # a NaN differs from everything
        raise ValueError(f"{fraction} is no fraction")
    if where not in {"global", "layer"}:
        raise ValueError(where)


def prune_weights(model, sparsity, scope="layer"):
    guard(sparsity, scope)
    answer = copy.deepcopy(model)
    prunables = []
    for title, unit in find_layers(answer):
        prunables.append((title, unit))
    sheet = []
    for _, unit in prunables:
        sheet.append(list(map(abs, unit.weight.ravel().tolist())))
    living_flags = [[True] * len(numbers) for numbers in sheet]
    if scope == "layer":
        batches = [list(itertools.product([i], range(len(numbers)))) for i, numbers in enumerate(sheet)]
    else:
        batches = [[(i, j) for i in range(len(sheet)) for j in range(len(sheet[i]))]]
    def settle(rankable):
        rankable.sort(key=lambda place: sheet[place[0]][place[1]])
        density = 1.0 - sparsity
        stay = math.floor(len(rankable) * density)
        for i, j in rankable[: len(rankable) - stay]:
            living_flags[i][j] = False

    for rankable in batches:
        settle(rankable)
    mask_of = {}
    for (title, unit), numbers in zip(prunables, living_flags):
        retained = np.array(numbers, dtype=bool).reshape(unit.weight.shape)
        unit.weight[np.logical_not(retained)] = 0.0
        mask_of[title + ".weight"] = retained
    return answer, mask_of
