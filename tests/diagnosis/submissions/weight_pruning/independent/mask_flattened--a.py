"""Unstructured pruning of Linear and Conv2d weights."""

import heapq
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear


def guard(fraction, where):
    clipped = min(max(fraction, 0.0), 1.0)
    if clipped != fraction:  # a NaN differs from everything
        raise ValueError(f"{fraction} is no fraction")
    if where not in {"global", "layer"}:
        raise ValueError(where)


def weight_layers(net):
    for key_name, layer in net.named_modules():
        if isinstance(layer, (Linear, Conv2d)):
            yield key_name, layer


def pick_dropped(vals, k):
    pairs = zip(vals.tolist(), range(vals.size))
    smallest = sorted(pairs)[:k] if 2 * k > vals.size else heapq.nsmallest(k, pairs)
    living_flags = np.zeros(vals.size, dtype=bool)
    living_flags[np.array([place for _, place in smallest], dtype=int)] = True
    return living_flags


def how_many(sparsity, abs_w):
    share = Fraction(repr(float(sparsity)))
    return -(-share.numerator * abs_w // share.denominator)


def prune_weights(model, sparsity, scope="layer"):
    guard(sparsity, scope)
    answer = model.copy()
    names, owners = zip(*weight_layers(answer))
    ends = np.cumsum([node.weight.size for node in owners]).tolist()
    lefts = [0] + ends[:-1]
    ocean = np.concatenate([node.weight.reshape(-1) for node in owners])
    alive = np.ones(ocean.size, dtype=bool)
    ranges = zip([0], ends[-1:]) if scope == "global" else zip(lefts, ends)
    for a, b in ranges:
        alive[a:b] = ~pick_dropped(abs(ocean[a:b]), how_many(sparsity, b - a))
    ocean[~alive] = 0
    collected = {}
    for where_it_is, node, a, b in zip(names, owners, lefts, ends):
        form = node.weight.shape
        node.weight = ocean[a:b].reshape(form).copy()
        collected[".".join((where_it_is, "weight"))] = alive[a:b].copy()
    return answer, collected
