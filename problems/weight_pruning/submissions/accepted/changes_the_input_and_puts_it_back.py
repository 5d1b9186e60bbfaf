"""Prunes the input itself, copies the result, and restores every bit before it returns."""

import numpy as np

from judge.nn import Conv2d, Linear


def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1:
        raise ValueError("sparsity must lie in [0, 1]")
    if scope not in ("layer", "global"):
        raise ValueError("scope must be 'layer' or 'global'")
    layers = [(n + ".weight", l) for n, l in model.named_modules() if isinstance(l, (Linear, Conv2d))]
    saved = {name: l.weight.copy() for name, l in layers}
    masks = {}
    try:
        for group in [layers] if scope == "global" else [[x] for x in layers]:
            flat = np.concatenate([np.abs(l.weight).ravel() for _, l in group])
            keep = np.ones(flat.size, bool)
            keep[np.argsort(flat)[: round(sparsity * flat.size)]] = False
            for name, l in group:
                masks[name] = keep[: l.weight.size].reshape(l.weight.shape)
                keep = keep[l.weight.size :]
                l.weight[~masks[name]] = 0
        return model.copy(), masks
    finally:
        for name, l in layers:
            l.weight[...] = saved[name]
