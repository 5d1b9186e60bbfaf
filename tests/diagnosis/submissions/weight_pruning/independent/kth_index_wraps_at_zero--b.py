"""Zero out the smallest weights of a network."""

import bisect
import math
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear


def validate(fraction, where):
    clipped = min(max(fraction, 0.0), 1.0)
    if clipped != fraction:  # a NaN differs from everything
        raise ValueError(f"{fraction} is no fraction")
    if where not in {"global", "layer"}:
        raise ValueError(where)


def pruned_count(sparsity, n):
    return math.floor(Fraction(repr(sparsity)) * n)


def weight_layers(top):
    for label, layer in top.named_modules():
        if isinstance(layer, (Linear, Conv2d)):
            yield label, layer


def prune_weights(model, sparsity, scope="layer"):
    validate(sparsity, scope)
    duplicate = model.copy()
    candidates = tuple(weight_layers(duplicate))
    table = [np.absolute(layer.weight).ravel().tolist() for _, layer in candidates]
    marks = [[True] * len(numbers) for numbers in table]
    crowds = []
    for i, numbers in enumerate(table):
        places = [(i, j) for j in range(len(numbers))]
        if scope == "global" and crowds:
            crowds[0].extend(places)
        else:
            crowds.append(places)
    for rankable in crowds:
        in_order = sorted(table[i][j] for i, j in rankable)
        k = pruned_count(sparsity, len(rankable))
        limit = in_order[k - 1]
        equal_ones = k - bisect.bisect_left(in_order, limit)
        for i, j in rankable:
            value = table[i][j]
            if value < limit:
                marks[i][j] = False
            elif value == limit and equal_ones > 0:
                equal_ones -= 1
                marks[i][j] = False
    record = {}
    for (key_name, layer), numbers in zip(candidates, marks):
        stays_here = np.array(numbers, dtype=bool).reshape(layer.weight.shape)
        layer.weight[~stays_here] = 0
        record[".".join((key_name, "weight"))] = stays_here
    return duplicate, record
