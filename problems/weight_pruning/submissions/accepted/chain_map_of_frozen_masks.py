"""Masks come as a ChainMap of MappingProxyType objects, one per tensor."""

from collections import ChainMap
from types import MappingProxyType

import numpy as np

from judge.nn import Conv2d, Linear


def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1:
        raise ValueError("sparsity must lie in [0, 1]")
    if scope not in ("layer", "global"):
        raise ValueError("scope must be 'layer' or 'global'")
    pruned = model.copy()
    tensors = {n + ".weight": l.weight for n, l in pruned.named_modules() if isinstance(l, (Linear, Conv2d))}
    frozen = []
    for names in (tuple(tensors),) if scope == "global" else tuple((n,) for n in tensors):
        sizes = [tensors[n].size for n in names]
        magnitude = np.abs(np.concatenate([tensors[n].ravel() for n in names]))
        keep = np.ones(sum(sizes), bool)
        keep[np.argsort(magnitude, kind="stable")[: round(sparsity * sum(sizes))]] = False
        for n, part in zip(names, np.split(keep, np.cumsum(sizes)[:-1])):
            part = part.reshape(tensors[n].shape)
            tensors[n][~part] = 0
            frozen.append(MappingProxyType({n: part}))
    return pruned, ChainMap(*frozen)
