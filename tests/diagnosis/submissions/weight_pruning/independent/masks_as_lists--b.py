"""Unstructured pruning of Linear and Conv2d weights."""

import math
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear, Residual, Sequential


def refuse_nonsense(sparsity, scope):
    bad = not math.isfinite(sparsity) or sparsity < 0 or sparsity > 1
    if bad:
        raise ValueError("the sparsity has to lie in [0, 1]")
    if scope != "layer" and scope != "global":
        raise ValueError("the scope is either layer or global")


def share_of(sparsity, ordered):
    product = Fraction(repr(sparsity)) * ordered
    whole, rest = divmod(product, 1)
    return int(whole) + (1 if rest > 0 else 0)


def collect(network, prefix=""):
    hits = []
    for position, layer in enumerate(network.layers):
        title = f"{prefix}{position}"
        if isinstance(layer, Residual):
            hits += collect(layer.body, title + ".body.")
            if layer.shortcut is not None:
                hits += collect(layer.shortcut, title + ".shortcut.")
        elif isinstance(layer, Conv2d) or isinstance(layer, Linear):
            hits.append((title, layer))
    return hits


def mark_small(mags_of, k):
    out_flags = np.full(len(mags_of), k > 0)
    if 0 < k < len(mags_of):
        out_flags[np.argpartition(mags_of, k)[k:]] = False
    return out_flags


def twin(current, masks, path=""):
    """A copy of the network below current in which masked weights are zero."""
    fresh_one = object.__new__(type(current))
    for attribute, value in vars(current).items():
        if isinstance(value, np.ndarray):
            value = value.copy()
        elif isinstance(value, Sequential):
            value = twin(value, masks, f"{path}{attribute}.")
        elif attribute == "layers":
            value = [twin(child, masks, f"{path}{i}.") for i, child in enumerate(value)]
        setattr(fresh_one, attribute, value)
    key = path + "weight"
    if key in masks:
        fresh_one.weight = np.where(masks[key], fresh_one.weight, np.zeros((), fresh_one.weight.dtype))
    return fresh_one


def prune_weights(model, sparsity, scope="layer"):
    refuse_nonsense(sparsity, scope)
    weights = {f"{where_it_is}.weight": leaf_layer.weight for where_it_is, leaf_layer in collect(model)}
    masks = {key: np.ones(w.shape, dtype=bool) for key, w in weights.items()}
    runs = [list(weights)] if scope == "global" else [[key] for key in weights]
    for ids in runs:
        source_of = np.concatenate([np.full(weights[key].size, i) for i, key in enumerate(ids)])
        size = np.concatenate([abs(weights[key]).flatten() for key in ids])
        leaving = mark_small(size, share_of(sparsity, size.size))
        for i, key in enumerate(ids):
            masks[key] = ~leaving[source_of == i].reshape(weights[key].shape)
    return twin(model, masks), dict(zip(masks, map(np.ndarray.tolist, masks.values())))
