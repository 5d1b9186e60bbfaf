"""Prune a network by magnitude."""

import copy
import math
from fractions import Fraction

import numpy as np

from judge.nn import Residual


def quota(sparsity, n):
    return math.floor(Fraction(repr(sparsity)) * n)


def weight_layers(top, prefix=""):
    for i, layer in enumerate(top):
        here = f"{prefix}{i}"
        if isinstance(layer, Residual):
            for part, inner in layer.named_children():
                yield from weight_layers(inner, f"{here}.{part}.")
        elif hasattr(layer, "weight") and layer.weight.ndim == 4:
            yield here, layer


def guard(sparsity, scope):
    if scope not in ("layer", "global"):
        raise ValueError(f"unknown scope: {scope!r}")
    if not 0.0 <= sparsity <= 1.0:
        raise ValueError(f"sparsity out of range: {sparsity!r}")


def prune_weights(model, sparsity, scope="layer"):
    guard(sparsity, scope)
    pruned = copy.deepcopy(model)
    prunables = [*weight_layers(pruned)]
    table = [np.absolute(layer.weight).ravel().tolist() for _, layer in prunables]
    remain = [[True for _ in numbers] for numbers in table]
    batches = []
    for i, numbers in enumerate(table):
        places = [(i, j) for j in range(len(numbers))]
        if scope == "global" and batches:
            batches[0].extend(places)
        else:
            batches.append(places)
    for crowd in batches:
        crowd.sort(key=lambda place: table[place[0]][place[1]])
        k = quota(sparsity, len(crowd))
        for i, j in crowd[:k]:
            remain[i][j] = False
    book = {}
    for (label, layer), numbers in zip(prunables, remain):
        stays_here = np.array(numbers, dtype=bool).reshape(layer.weight.shape)
        layer.weight = np.where(stays_here, layer.weight, np.zeros_like(layer.weight))
        book[".".join((label, "weight"))] = stays_here
    return pruned, book
