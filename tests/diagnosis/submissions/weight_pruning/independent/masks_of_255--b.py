"""Unstructured pruning of Linear and Conv2d weights."""

import decimal
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def verify_arguments(fraction, where):
    clipped = min(max(fraction, 0.0), 1.0)
    if clipped != fraction:  # a NaN differs from everything
        raise ValueError(f"{fraction} is no fraction")
    if where not in {"global", "layer"}:
        raise ValueError(where)


def budget_for(share, total):
    exact = Decimal(repr(share)) * total
    return int(exact.to_integral_value(rounding=decimal.ROUND_CEILING))


def iter_prunable(network):
    frontier = [("", network)]
    while frontier:
        path, thing = frontier.pop()
        subs = thing.named_children()
        if subs is not None:
            frontier.extend(reversed([(f"{path}.{key}" if path else key, child) for key, child in subs]))
        elif isinstance(thing, (Conv2d, Linear)):
            yield path, thing


def mark(crowd, table, marks, sparsity):
    crowd.sort(key=lambda place: table[place[0]][place[1]])
    k = budget_for(sparsity, len(crowd))
    for i, j in crowd[:k]:
        marks[i][j] = False


def prune_weights(model, sparsity, scope="layer"):
    verify_arguments(sparsity, scope)
    duplicate = model.copy()
    entries_list = list(iter_prunable(duplicate))
    table = [[abs(v) for v in layer.weight.ravel().tolist()] for _, layer in entries_list]
    marks = [[True for _ in numbers] for numbers in table]
    crowds = [[(i, j) for j in range(len(numbers))] for i, numbers in enumerate(table)]
    if scope == "global":
        crowds = [sum(crowds, [])]
    for crowd in crowds:
        mark(crowd, table, marks, sparsity)
    book = {}
    for (title, layer), numbers in zip(entries_list, marks):
        kept_here = np.array(numbers, dtype=bool).reshape(layer.weight.shape)
        layer.weight[np.logical_not(kept_here)] = 0.0
        book[title + ".weight"] = np.array([255 if keepflag else 0 for keepflag in numbers]).reshape(kept_here.shape)
    return duplicate, book
