"""Sparsify a trained network, one tensor at a time or jointly."""

import decimal
import itertools
import math
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


class PruningError(ValueError):
    """An argument that makes no sense."""


def verify_arguments(amount, kind):
    if math.isnan(amount):
        raise PruningError("sparsity is NaN")
    if amount < 0 or 1 < amount:
        raise PruningError("sparsity must be between 0 and 1")
    if kind not in ["layer", "global"]:
        raise PruningError("no such scope: " + str(kind))


def exact_count(share, total):
    exact = Decimal(repr(share)) * total
    return int(exact.to_integral_value(rounding=decimal.ROUND_CEILING))


def find_layers(root_net):
    frontier = [("", root_net)]
    while frontier:
        route, current = frontier.pop()
        inner = current.named_children()
        if inner is not None:
            frontier.extend(reversed([(f"{route}.{key}" if route else key, child) for key, child in inner]))
        elif isinstance(current, (Conv2d, Linear)):
            yield route, current


def mark(crowd, sheet, remain, sparsity):
    crowd.sort(key=lambda place: sheet[place[0]][place[1]], reverse=True)
    k = exact_count(sparsity, len(crowd))
    for i, j in crowd[:k]:
        remain[i][j] = False


def prune_weights(model, sparsity, scope="layer"):
    verify_arguments(sparsity, scope)
    duplicate = model.copy()
    found_layers = list(find_layers(duplicate))
    sheet = [[abs(v) for v in layer.weight.flatten().tolist()] for _, layer in found_layers]
    remain = []
    for numbers in sheet:
        remain.append([True] * len(numbers))
    if scope == "layer":
        arenas = [list(itertools.product([i], range(len(numbers)))) for i, numbers in enumerate(sheet)]
    else:
        arenas = [[(i, j) for i in range(len(sheet)) for j in range(len(sheet[i]))]]
    for crowd in arenas:
        mark(crowd, sheet, remain, sparsity)
    mask_of = {}
    for (label, layer), numbers in zip(found_layers, remain):
        kept_here = np.array(numbers, dtype=bool).reshape(layer.weight.shape)
        layer.weight[np.logical_not(kept_here)] = 0.0
        mask_of[label + ".weight"] = kept_here
    return duplicate, mask_of
