"""Packs magnitude and position into one integer and sorts those; float64 falls back to argsort."""

import numpy as np

from judge.nn import Conv2d, Linear


def order_of(flat):
    if flat.dtype.itemsize == 8:
        return np.argsort(flat, kind="stable")
    high = flat.view(f"u{flat.dtype.itemsize}").astype(np.uint64) << np.uint64(32)
    keys = high | np.arange(flat.size, dtype=np.uint64)
    keys.sort()
    return (keys & np.uint64(0xFFFFFFFF)).astype(np.intp)


def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1:
        raise ValueError("sparsity must lie in [0, 1]")
    if scope not in ("layer", "global"):
        raise ValueError("scope must be 'layer' or 'global'")
    pruned = model.copy()
    layers = [(n + ".weight", l) for n, l in pruned.named_modules() if isinstance(l, (Linear, Conv2d))]
    masks = {}
    for group in [layers] if scope == "global" else [[x] for x in layers]:
        flat = np.concatenate([np.abs(l.weight).ravel() for _, l in group])
        keep = np.ones(flat.size, np.uint8)
        keep[order_of(flat)[: round(sparsity * flat.size)]] = 0
        for name, l in group:
            masks[name] = keep[: l.weight.size].reshape(l.weight.shape)
            keep = keep[l.weight.size :]
            l.weight[masks[name] == 0] = 0
    return pruned, masks
