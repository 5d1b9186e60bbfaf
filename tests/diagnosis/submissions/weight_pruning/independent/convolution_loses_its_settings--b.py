"""Set the weights of smallest magnitude to zero and say which stayed."""

import heapq
import math
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Sequential


def prunable(top):
    leaves = top.named_modules()
    return [(title, leaf) for title, leaf in leaves if hasattr(leaf, "weight") and not hasattr(leaf, "running_mean")]


def pick_dropped(magn, k):
    pairs = zip(magn.tolist(), range(magn.size))
    smallest = sorted(pairs)[:k] if 2 * k > magn.size else heapq.nsmallest(k, pairs)
    living_flags = np.zeros(magn.size, dtype=bool)
    living_flags[np.array([place for _, place in smallest], dtype=int)] = True
    return living_flags


def share_of(sparsity, n):
    return math.floor(Fraction(repr(sparsity)) * n)


class BadArgument(ValueError):
    """An argument that makes no sense."""


def verify_arguments(amount, kind):
    if math.isnan(amount):
        raise BadArgument("sparsity is NaN")
    if amount < 0 or 1 < amount:
        raise BadArgument("sparsity must be between 0 and 1")
    if kind not in ["layer", "global"]:
        raise BadArgument("no such scope: " + str(kind))


def twin(thing, masks, path=""):
    """A copy of the network below thing in which masked tensors are zero."""
    fresh_one = object.__new__(type(thing))
    for attribute, value in vars(thing).items():
        if isinstance(value, np.ndarray):
            value = value.copy()
        elif isinstance(value, Sequential):
            value = twin(value, masks, f"{path}{attribute}.")
        elif attribute == "layers":
            value = [twin(child, masks, f"{path}{i}.") for i, child in enumerate(value)]
        setattr(fresh_one, attribute, value)
    if isinstance(thing, Conv2d):
        fresh_one = Conv2d(weight=fresh_one.weight, bias=fresh_one.bias)
    key = path + "weight"
    if key in masks:
        fresh_one.weight = np.where(masks[key], fresh_one.weight, np.zeros((), fresh_one.weight.dtype))
    return fresh_one


def prune_weights(model, sparsity, scope="layer"):
    verify_arguments(sparsity, scope)
    tensors = {f"{name}.weight": leaf_layer.weight for name, leaf_layer in prunable(model)}
    masks = {key: np.ones(w.shape, dtype=bool) for key, w in tensors.items()}
    jobs = [list(tensors)] if scope == "global" else [[key] for key in tensors]
    for members_of in jobs:
        source_of = np.concatenate([np.full(tensors[key].size, i) for i, key in enumerate(members_of)])
        amounts = np.concatenate([np.fabs(tensors[key]).flatten() for key in members_of])
        leaving = pick_dropped(amounts, share_of(sparsity, amounts.size))
        for i, key in enumerate(members_of):
            masks[key] = ~leaving[source_of == i].reshape(tensors[key].shape)
    return twin(model, masks), masks
