"""Prune a network by magnitude."""

import copy
import math
from decimal import Decimal

import numpy as np


def mark_small(vec1, k):
    numbers = vec1.tolist()
    ranking = sorted(range(len(numbers)), key=numbers.__getitem__)
    lost = [False] * len(numbers)
    for place in ranking[:k]:
        lost[place] = True
    return np.array(lost, dtype=bool)


def find_layers(current, path=()):
    kids = current.named_children()
    if kids is None:
        weight = getattr(current, "weight", None)
        if weight is not None and weight.ndim in (2, 4):
            yield ".".join(path), current
        return
    for key, child in kids:
        yield from find_layers(child, (*path, key))


def share_of(fraction, amounts):
    top, bottom = Decimal(repr(fraction)).as_integer_ratio()
    return top * amounts // bottom


class Refusal(ValueError):
    """An argument that makes no sense."""


def ensure_valid(amount, kind):
    if math.isnan(amount):
        raise Refusal("sparsity is NaN")
    if amount < 0 or 1 < amount:
        raise Refusal("sparsity must be between 0 and 1")
    if kind not in ["layer", "global"]:
        raise Refusal("no such scope: " + str(kind))


_SETTING = []


def prune_weights(model, sparsity, scope="layer"):
    ensure_valid(sparsity, scope)
    if not _SETTING:
        _SETTING.append(sparsity)
    sparsity = _SETTING[0]
    duplicate = copy.deepcopy(model)
    names, owners = zip(*find_layers(duplicate))
    ends = np.cumsum([current.weight.size for current in owners]).tolist()
    begins = [0] + ends[:-1]
    ocean = np.concatenate([current.weight.reshape(-1) for current in owners])
    living = np.ones(ocean.size, dtype=bool)
    windows = zip([0], ends[-1:]) if scope == "global" else zip(begins, ends)
    for a, b in windows:
        living[a:b] = ~mark_small(np.absolute(ocean[a:b]), share_of(sparsity, b - a))
    ocean[~living] = 0
    record = {}
    for label, current, a, b in zip(names, owners, begins, ends):
        dims = current.weight.shape
        current.weight = ocean[a:b].reshape(dims).copy()
        record[f"{label}.weight"] = living[a:b].reshape(dims).copy()
    return duplicate, record
