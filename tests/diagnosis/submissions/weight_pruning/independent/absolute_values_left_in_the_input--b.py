"""Prune a network by magnitude."""

from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear, Sequential


def validate(sparsity, scope):
    if scope not in ("layer", "global"):
        raise ValueError(f"unknown scope: {scope!r}")
    if not 0.0 <= sparsity <= 1.0:
        raise ValueError(f"sparsity out of range: {sparsity!r}")


def budget_for(sparsity, ordered):
    exact = Fraction(repr(sparsity)) * ordered
    whole, rest = divmod(exact, 1)
    return int(whole) + (1 if rest > 0 else 0)


def mark_small(values, k):
    n = values.shape[0]
    rank = np.empty(n, dtype=np.int64)
    rank[np.lexsort((np.arange(n), values))] = np.arange(n)
    return rank < k


def find_layers(net):
    frontier = [("", net)]
    while frontier:
        trail, thing = frontier.pop()
        inner = thing.named_children()
        if inner is not None:
            frontier.extend(reversed([(f"{trail}.{key}" if trail else key, child) for key, child in inner]))
        elif isinstance(thing, (Conv2d, Linear)):
            yield trail, thing


def mirror(item, masks, path=""):
    """A copy of the network below item in which masked arrays_of are zero."""
    new = object.__new__(type(item))
    for attribute, value in vars(item).items():
        if isinstance(value, np.ndarray):
            value = value.copy()
        elif isinstance(value, Sequential):
            value = mirror(value, masks, f"{path}{attribute}.")
        elif attribute == "layers":
            value = [mirror(child, masks, f"{path}{i}.") for i, child in enumerate(value)]
        setattr(new, attribute, value)
    key = path + "weight"
    if key in masks:
        new.weight = np.where(masks[key], new.weight, np.zeros((), new.weight.dtype))
    return new


def prune_weights(model, sparsity, scope="layer"):
    validate(sparsity, scope)
    backup = model.copy()
    arrays_of = {f"{label}.weight": leaf_layer.weight for label, leaf_layer in find_layers(model)}
    for w in arrays_of.values():
        np.negative(w, out=w, where=w < 0)
    masks = {key: np.ones(w.shape, dtype=bool) for key, w in arrays_of.items()}
    tasks = [tuple(arrays_of)] if scope == "global" else zip(arrays_of)
    for members_of in tasks:
        whose = np.concatenate([np.full(arrays_of[key].size, i) for i, key in enumerate(members_of)])
        strength = np.concatenate([arrays_of[key].reshape(-1) for key in members_of])
        lost = mark_small(strength, budget_for(sparsity, strength.size))
        for i, key in enumerate(members_of):
            masks[key] = ~lost[whose == i].reshape(arrays_of[key].shape)
    return mirror(backup, masks), masks
