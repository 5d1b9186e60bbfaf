"""Prune a network by magnitude."""

import math

import numpy as np

from judge.nn import Sequential


def targets_of(network):
    leaves = network.named_modules()
    return [(where_it_is, leaf_layer) for where_it_is, leaf_layer in leaves if hasattr(leaf_layer, "weight") and not hasattr(leaf_layer, "running_mean")]


def validate(fraction, where):
    clipped = min(max(fraction, 0.0), 1.0)
    if clipped != fraction:  # a NaN differs from everything
        raise ValueError(f"{fraction} is no fraction")
    if where not in {"global", "layer"}:
        raise ValueError(where)


def smallest(v_abs, k):
    # Non-negative floats sort like their bit patterns.
    bits = np.ascontiguousarray(v_abs).view(f"u{v_abs.dtype.itemsize}")
    selection = np.zeros(bits.size, dtype=bool)
    np.put(selection, np.argsort(bits, kind="stable")[:k], True)
    return selection


def pruned_count(sparsity, n):
    return math.ceil(sparsity * n)


def twin(node, masks, path=""):
    """A copy of the network below node in which masked weights are zero."""
    after = object.__new__(type(node))
    for attribute, value in vars(node).items():
        if isinstance(value, np.ndarray):
            value = value.copy()
        elif isinstance(value, Sequential):
            value = twin(value, masks, f"{path}{attribute}.")
        elif attribute == "layers":
            value = [twin(child, masks, f"{path}{i}.") for i, child in enumerate(value)]
        setattr(after, attribute, value)
    key = path + "weight"
    if key in masks:
        after.weight = np.where(masks[key], after.weight, np.zeros((), after.weight.dtype))
    return after


def prune_weights(model, sparsity, scope="layer"):
    validate(sparsity, scope)
    weights = {f"{label}.weight": mod.weight for label, mod in targets_of(model)}
    masks = {key: np.ones(w.shape, dtype=bool) for key, w in weights.items()}
    runs = [list(weights)] if scope == "global" else [[key] for key in weights]
    for names_of in runs:
        owner = np.repeat(np.arange(len(names_of)), [weights[key].size for key in names_of])
        abs_w = np.concatenate([np.abs(weights[key]).reshape(-1) for key in names_of])
        cutaway = smallest(abs_w, pruned_count(sparsity, abs_w.size))
        for i, key in enumerate(names_of):
            masks[key] = ~cutaway[owner == i].reshape(weights[key].shape)
    return twin(model, masks), masks
