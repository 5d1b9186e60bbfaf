"""Ranks the bit patterns without the sign bit: for finite floats their order is that of the magnitudes."""

import numpy as np

from judge.nn import Conv2d, Linear

UNSIGNED = {2: np.uint16, 4: np.uint32, 8: np.uint64}


def magnitude_bits(weight):
    flat = np.ascontiguousarray(weight).reshape(-1)
    unsigned = UNSIGNED[weight.dtype.itemsize]
    sign = unsigned(1) << unsigned(8 * weight.dtype.itemsize - 1)
    return flat.view(unsigned) & ~sign


def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1:
        raise ValueError("sparsity must lie in [0, 1]")
    if scope not in ("layer", "global"):
        raise ValueError("scope must be 'layer' or 'global'")
    pruned = model.copy()
    layers = [(n + ".weight", l) for n, l in pruned.named_modules() if isinstance(l, (Linear, Conv2d))]
    masks = {}
    for group in [layers] if scope == "global" else [[x] for x in layers]:
        bits = np.concatenate([magnitude_bits(l.weight) for _, l in group])
        k = round(sparsity * bits.size)
        keep = np.ones(bits.size, bool)
        keep[np.argsort(bits, kind="stable")[:k]] = False
        for name, l in group:
            masks[name] = keep[: l.weight.size].reshape(l.weight.shape)
            keep = keep[l.weight.size :]
            l.weight[~masks[name]] = 0
    return pruned, masks
