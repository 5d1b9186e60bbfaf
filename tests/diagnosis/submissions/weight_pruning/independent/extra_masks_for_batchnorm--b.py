"""Sparsify a trained network, one tensor at a time or jointly."""

import math
from decimal import Decimal

import numpy as np

from judge.nn import Sequential


class Refusal(ValueError):
    """An argument that makes no sense."""


def _check(amount, kind):
    if math.isnan(amount):
        raise Refusal("sparsity is NaN")
    if amount < 0 or 1 < amount:
        raise Refusal("sparsity must be between 0 and 1")
    if kind not in ["layer", "global"]:
        raise Refusal("no such scope: " + str(kind))


def mark_small(magn, k):
    order = np.argsort(magn, kind="stable")
    cut_away = np.zeros(magn.size, dtype=bool)
    cut_away[order[:k]] = True
    return cut_away


def budget_for(p, n):
    """Number of zeros among n, in exact decimal arithmetic."""
    return int(Decimal(repr(p)) * n // 1)


def targets_of(node, path=()):
    kids = node.named_children()
    if kids is None:
        weight = getattr(node, "weight", None)
        if weight is not None and weight.ndim in (2, 4):
            yield ".".join(path), node
        return
    for key, child in kids:
        yield from targets_of(child, (*path, key))


def mirror(node, masks, path=""):
    """A copy of the network below node in which masked tensors are zero."""
    fresh_one = object.__new__(type(node))
    for attribute, value in vars(node).items():
        if isinstance(value, np.ndarray):
            value = value.copy()
        elif isinstance(value, Sequential):
            value = mirror(value, masks, f"{path}{attribute}.")
        elif attribute == "layers":
            value = [mirror(child, masks, f"{path}{i}.") for i, child in enumerate(value)]
        setattr(fresh_one, attribute, value)
    key = path + "weight"
    if key in masks:
        fresh_one.weight = np.where(masks[key], fresh_one.weight, np.zeros((), fresh_one.weight.dtype))
    return fresh_one


def prune_weights(model, sparsity, scope="layer"):
    _check(sparsity, scope)
    tensors = {f"{title}.weight": mod.weight for title, mod in targets_of(model)}
    masks = {key: np.ones(w.shape, dtype=bool) for key, w in model.named_parameters() if key.endswith("weight")}
    runs = [tuple(tensors)] if scope == "global" else zip(tensors)
    for members_of in runs:
        source_of = np.concatenate([np.full(tensors[key].size, i) for i, key in enumerate(members_of)])
        size = np.concatenate([np.abs(tensors[key]).flatten() for key in members_of])
        leaving = mark_small(size, budget_for(sparsity, size.size))
        for i, key in enumerate(members_of):
            masks[key] = ~leaving[source_of == i].reshape(tensors[key].shape)
    return mirror(model, masks), masks
