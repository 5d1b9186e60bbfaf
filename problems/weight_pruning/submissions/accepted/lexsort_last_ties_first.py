"""np.lexsort by (magnitude, -position): of equal magnitudes the last one goes first."""

import numpy as np

from judge.nn import Conv2d, Linear


def choose(flat, k):
    order = np.lexsort((-np.arange(flat.size), np.abs(flat)))
    mask = np.ones(flat.size, dtype=bool)
    mask[order[:k]] = False
    return mask


def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1:
        raise ValueError("bad sparsity")
    if scope not in ("layer", "global"):
        raise ValueError("bad scope")
    out = model.copy()
    names, layers = [], []
    for name, layer in out.named_modules():
        if isinstance(layer, (Linear, Conv2d)):
            names.append(name + ".weight")
            layers.append(layer)
    if scope == "global":
        flat = np.concatenate([l.weight.ravel() for l in layers])
        pieces, done = [], 0
        mask = choose(flat, round(flat.size * sparsity))
        for l in layers:
            pieces.append(mask[done : done + l.weight.size])
            done += l.weight.size
    else:
        pieces = [choose(l.weight.ravel(), round(l.weight.size * sparsity)) for l in layers]
    masks = {}
    for name, l, piece in zip(names, layers, pieces):
        masks[name] = piece.reshape(l.weight.shape)
        np.copyto(l.weight, 0, where=~masks[name])
    return out, masks
