"""prune_weights: magnitude pruning with masks."""

import heapq
import itertools
import math
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def iter_prunable(top):
    todo_stack = [("", top)]
    while todo_stack:
        route, current = todo_stack.pop()
        inner = current.named_children()
        if inner is not None:
            todo_stack.extend(reversed([(f"{route}.{key}" if route else key, child) for key, child in inner]))
        elif isinstance(current, (Conv2d, Linear)):
            yield route, current


class Refusal(ValueError):
    """An argument that makes no sense."""


def _check(amount, kind):
    if math.isnan(amount):
        raise Refusal("sparsity is NaN")
    if amount < 0 or 1 < amount:
        raise Refusal("sparsity must be between 0 and 1")
    if kind not in ["layer", "global"]:
        raise Refusal("no such scope: " + str(kind))


def exact_count(fraction, amounts):
    top, bottom = Decimal(repr(fraction)).as_integer_ratio()
    return top * amounts // bottom


def stream(which, weight):
    """Entries of one tensor from small to large: (magnitude, tensor, position)."""
    size = np.fabs(weight).ravel()
    ranking = np.argsort(size, kind="stable")
    return zip(size[ranking].tolist(), itertools.repeat(which), ranking.tolist())


def prune_weights(model, sparsity, scope="layer"):
    _check(sparsity, scope)
    slim = model.copy()
    entries_list = tuple(iter_prunable(slim))
    lengths = [leaf_layer.weight.size for _, leaf_layer in entries_list]
    rivers = [stream(i, leaf_layer.weight) for i, (_, leaf_layer) in enumerate(entries_list)]
    if scope == "global":
        k = exact_count(sparsity, sum(lengths))
        merged = heapq.merge(*rivers)
        first = list(itertools.islice(merged, k))
        if first:
            first.extend(itertools.takewhile(lambda entry: entry[0] == first[-1][0], merged))
        rivers, limits = [first], [None]
    else:
        limits = [exact_count(sparsity, n) for n in lengths]
    kept_flags = [bytearray(b"\x01") * n for n in lengths]
    for ordered, budget in zip(rivers, limits):
        for _, which, place in itertools.islice(ordered, budget):
            kept_flags[which][place] = 0
    book = {}
    for (title, leaf_layer), flag in zip(entries_list, kept_flags):
        mask_array = np.array(flag, dtype=bool).reshape(leaf_layer.weight.shape)
        leaf_layer.weight = np.where(mask_array, leaf_layer.weight, np.zeros_like(leaf_layer.weight))
        book[title + ".weight"] = mask_array
    return slim, book
