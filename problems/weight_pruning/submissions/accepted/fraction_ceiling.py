"""Counts with fractions.Fraction and rounds up."""

import math
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear


def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1:
        raise ValueError("sparsity must lie in [0, 1]")
    if scope not in ("layer", "global"):
        raise ValueError("scope must be 'layer' or 'global'")
    share = Fraction(str(sparsity))
    pruned = model.copy()
    masks = {}

    def prune(members):
        magnitude = np.abs(np.concatenate([layer.weight.ravel() for _, layer in members]))
        gone = np.argsort(magnitude, kind="stable")[: math.ceil(share * magnitude.size)]
        flags = np.full(magnitude.size, True)
        flags[gone] = False
        for (name, layer), part in zip(members, np.split(flags, np.cumsum([l.weight.size for _, l in members])[:-1])):
            masks[name + ".weight"] = part = part.reshape(layer.weight.shape)
            layer.weight = np.where(part, layer.weight, np.zeros_like(layer.weight))

    members = [(n, l) for n, l in pruned.named_modules() if isinstance(l, (Linear, Conv2d))]
    if scope == "global":
        prune(members)
    else:
        for member in members:
            prune([member])
    return pruned, masks
