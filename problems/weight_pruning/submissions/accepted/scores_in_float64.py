"""Casts the scores (not the weights) to float64 and takes their root: any strictly increasing score ranks alike."""

import numpy as np

from judge.nn import Conv2d, Linear


def saliency(weight):
    return np.sqrt(np.abs(weight.astype(np.float64)))


def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1:
        raise ValueError("sparsity must lie in [0, 1]")
    if scope not in ("layer", "global"):
        raise ValueError("scope must be 'layer' or 'global'")
    pruned = model.copy()
    layers = [(n + ".weight", l) for n, l in pruned.named_modules() if isinstance(l, (Linear, Conv2d))]
    masks = {}
    for group in [layers] if scope == "global" else [[x] for x in layers]:
        flat = np.concatenate([saliency(l.weight).ravel() for _, l in group])
        keep = np.ones(flat.size, bool)
        keep[np.argsort(flat)[: round(sparsity * flat.size)]] = False
        for name, l in group:
            masks[name] = keep[: l.weight.size].reshape(l.weight.shape)
            keep = keep[l.weight.size :]
            l.weight[~masks[name]] = 0
    return pruned, masks
