"""Return a sparse copy of a network together with its masks."""

import math
from fractions import Fraction

import numpy as np

from judge.nn import Sequential


def prunable(top):
    leaves = top.named_modules()
    return [(key_name, terminal) for key_name, terminal in leaves if hasattr(terminal, "weight") and not hasattr(terminal, "running_mean")]


class Refusal(ValueError):
    """An argument that makes no sense."""


def refuse_nonsense(amount, kind):
    if math.isnan(amount):
        raise Refusal("sparsity is NaN")
    if amount < 0 or 1 < amount:
        raise Refusal("sparsity must be between 0 and 1")
    if kind not in ["layer", "global"]:
        raise Refusal("no such scope: " + str(kind))


def number_to_prune(sparsity, n):
    return math.floor(Fraction(repr(sparsity)) * n)


def lowest(v_abs, k):
    n = v_abs.shape[0]
    rank = np.empty(n, dtype=np.int64)
    rank[np.lexsort((np.arange(n), v_abs))] = np.arange(n)
    return rank < k


def replicate(item, masks, path=""):
    """A copy of the network below item in which masked tensors are zero."""
    after = object.__new__(type(item))
    for attribute, value in vars(item).items():
        if isinstance(value, np.ndarray):
            value = value.copy()
        elif isinstance(value, Sequential):
            value = replicate(value, masks, f"{path}{attribute}.")
        elif attribute == "layers":
            value = [replicate(child, masks, f"{path}{i}.") for i, child in enumerate(value)]
        setattr(after, attribute, value)
    key = path + "weight"
    if key in masks:
        product = np.float32(after.weight) * np.float32(masks[key])
        after.weight = product.astype(item.weight.dtype, copy=True)
    return after


def prune_weights(model, sparsity, scope="layer"):
    refuse_nonsense(sparsity, scope)
    tensors = {f"{title}.weight": layer.weight for title, layer in prunable(model)}
    masks = {key: np.ones(w.shape, dtype=bool) for key, w in tensors.items()}
    jobs = [list(tensors)] if scope == "global" else [[key] for key in tensors]
    for ids in jobs:
        owner = np.concatenate([np.full(tensors[key].size, i) for i, key in enumerate(ids)])
        abs_w = np.concatenate([abs(tensors[key]).reshape(-1) for key in ids])
        falls = lowest(abs_w, number_to_prune(sparsity, abs_w.size))
        for i, key in enumerate(ids):
            masks[key] = ~falls[owner == i].reshape(tensors[key].shape)
    return replicate(model, masks), masks
