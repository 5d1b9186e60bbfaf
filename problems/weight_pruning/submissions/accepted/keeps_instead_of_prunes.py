"""Thinks in what stays: the n - k largest by argpartition from the other end, weights built from zeros."""

import numpy as np

from judge.nn import Conv2d, Linear


class PruningError(ValueError):
    """Wrong arguments."""


def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1:
        raise PruningError("sparsity must lie in [0, 1]")
    if scope not in ("layer", "global"):
        raise PruningError("scope must be 'layer' or 'global'")
    pruned = model.copy()
    layers = [(n + ".weight", l) for n, l in pruned.named_modules() if isinstance(l, (Linear, Conv2d))]
    masks = {}
    for group in [layers] if scope == "global" else [[x] for x in layers]:
        flat = np.concatenate([l.weight.ravel() for _, l in group])
        stay = flat.size - round(sparsity * flat.size)
        mask = np.zeros(flat.size, bool)
        if stay:
            mask[np.argpartition(-np.abs(flat), stay - 1)[:stay]] = True
        new = np.zeros_like(flat)
        new[mask] = flat[mask]
        for name, l in group:
            size, shape = l.weight.size, l.weight.shape
            masks[name], mask = mask[:size].reshape(shape), mask[size:]
            l.weight, new = new[:size].reshape(shape), new[size:]
    return pruned, masks
