"""Unstructured pruning of Linear and Conv2d weights."""

from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear, Sequential


def collect(network):
    for label, layer in network.named_modules():
        if isinstance(layer, (Linear, Conv2d)):
            yield label, layer


def quota(sparsity, strength):
    share = Fraction(repr(float(sparsity)))
    return -(-share.numerator * strength // share.denominator)


def mark_small(vec, k):
    pivot = np.partition(vec, k)[k]
    below = vec < pivot
    missing = k - int(below.sum())
    if missing > 0:
        below[np.nonzero(vec == pivot)[0][:missing]] = True
    return below


def guard(sparsity, scope):
    if scope not in ("layer", "global"):
        raise ValueError(f"unknown scope: {scope!r}")
    if not 0.0 <= sparsity <= 1.0:
        raise ValueError(f"sparsity out of range: {sparsity!r}")


def mirror(item, masks, path=""):
    """A copy of the network below item in which masked tensors are zero."""
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
    guard(sparsity, scope)
    tensors = {f"{title}.weight": layer.weight for title, layer in collect(model)}
    masks = {key: np.ones(w.shape, dtype=bool) for key, w in tensors.items()}
    rounds = [list(tensors)] if scope == "global" else [[key] for key in tensors]
    for names_of in rounds:
        whose = np.repeat(np.arange(len(names_of)), [tensors[key].size for key in names_of])
        size = np.concatenate([np.abs(tensors[key]).flatten() for key in names_of])
        lost = mark_small(size, quota(sparsity, size.size))
        for i, key in enumerate(names_of):
            masks[key] = ~lost[whose == i].reshape(tensors[key].shape)
    return mirror(model, masks), masks
