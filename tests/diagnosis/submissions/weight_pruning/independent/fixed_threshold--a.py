"""Sparsify a trained network, one tensor at a time or jointly."""

import numpy as np

from judge.nn import Conv2d, Linear, Sequential


def iter_prunable(network):
    for key_name, layer in network.named_modules():
        if isinstance(layer, (Linear, Conv2d)):
            yield key_name, layer


def _check(fraction, where):
    clipped = min(max(fraction, 0.0), 1.0)
    if clipped != fraction:  # a NaN differs from everything
        raise ValueError(f"{fraction} is no fraction")
    if where not in {"global", "layer"}:
        raise ValueError(where)


def twin(thing, masks, path=""):
    """A copy of the network below thing in which masked tensors are zero."""
    new = object.__new__(type(thing))
    for attribute, value in vars(thing).items():
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
    _check(sparsity, scope)
    tensors = {f"{name}.weight": unit.weight for name, unit in iter_prunable(model)}
    masks = {key: np.ones(w.shape, dtype=bool) for key, w in tensors.items()}
    rounds = [list(tensors)] if scope == "global" else [[key] for key in tensors]
    for ids in rounds:
        whose = np.repeat(np.arange(len(ids)), [tensors[key].size for key in ids])
        size = np.concatenate([abs(tensors[key]).ravel() for key in ids])
        cutaway = size < 0.1
        for i, key in enumerate(ids):
            masks[key] = ~cutaway[whose == i].reshape(tensors[key].shape)
    return twin(model, masks), masks
