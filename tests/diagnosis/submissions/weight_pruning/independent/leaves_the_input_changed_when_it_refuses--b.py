"""Unstructured pruning of Linear and Conv2d weights."""

import bisect
import math
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear, Sequential


def pruned_count(p, n):
    """Number of zeros among n, in exact decimal arithmetic."""
    return int(Decimal(repr(p)) * n // 1)


class PruningError(ValueError):
    """An argument that makes no sense."""


def validate(amount, kind):
    if math.isnan(amount):
        raise PruningError("sparsity is NaN")
    if amount < 0 or 1 < amount:
        raise PruningError("sparsity must be between 0 and 1")
    if kind not in ["layer", "global"]:
        raise PruningError("no such scope: " + str(kind))


def prunable(top):
    for where_it_is, layer in top.named_modules():
        if isinstance(layer, (Linear, Conv2d)):
            yield where_it_is, layer


def choose_smallest(magn, k):
    if not k:
        return np.zeros(len(magn), bool)
    ranked = sorted(magn.tolist())
    border = ranked[k - 1]
    room = k - bisect.bisect_left(ranked, border)
    answer = []
    for value in magn.tolist():
        equal = value == border and room > 0
        room -= equal
        answer.append(value < border or equal)
    return np.array(answer, bool)


def twin(node, masks, path=""):
    """A copy of the network below node in which masked weights are zero."""
    new = object.__new__(type(node))
    for attribute, value in vars(node).items():
        if isinstance(value, np.ndarray):
            value = value.copy()
        elif isinstance(value, Sequential):
            value = twin(value, masks, f"{path}{attribute}.")
        elif attribute == "layers":
            value = [twin(child, masks, f"{path}{i}.") for i, child in enumerate(value)]
        setattr(new, attribute, value)
    key = path + "weight"
    if key in masks:
        new.weight = np.where(masks[key], new.weight, np.zeros((), new.weight.dtype))
    return new


def prune_weights(model, sparsity, scope="layer"):
    holders = {f"{label}.weight": layer for label, layer in prunable(model)}
    saved = {key: layer.weight for key, layer in holders.items()}
    for layer in holders.values():
        layer.weight = np.absolute(layer.weight)
    weights = {key: layer.weight for key, layer in holders.items()}
    validate(sparsity, scope)
    masks = {key: np.ones(w.shape, dtype=bool) for key, w in weights.items()}
    runs = [tuple(weights)] if scope == "global" else zip(weights)
    for keys in runs:
        source_of = np.concatenate([np.full(weights[key].size, i) for i, key in enumerate(keys)])
        abs_w = np.concatenate([weights[key].reshape(-1) for key in keys])
        cutaway = choose_smallest(abs_w, pruned_count(sparsity, abs_w.size))
        for i, key in enumerate(keys):
            masks[key] = ~cutaway[source_of == i].reshape(weights[key].shape)
    for key, layer in holders.items():
        layer.weight = saved[key]
    return twin(model, masks), masks
