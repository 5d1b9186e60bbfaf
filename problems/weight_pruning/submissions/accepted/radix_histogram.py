"""Radix selection: histograms of 16 bits at a time, from the top, until the k-th magnitude is known exactly."""

import numpy as np

from judge.nn import Conv2d, Linear


def kth_bits(bits, k):
    """The k-th smallest (k >= 1) of an array of unsigned integers, and how many are smaller."""
    below, candidates, value = 0, bits, 0
    for shift in range(8 * bits.dtype.itemsize - 16, -1, -16):
        digits = (candidates >> bits.dtype.type(shift)).astype(np.int64) & 0xFFFF
        running = np.cumsum(np.bincount(digits, minlength=1 << 16))
        digit = int(np.searchsorted(running, k - below))
        if digit:
            below += int(running[digit - 1])
        candidates = candidates[digits == digit]
        value = (value << 16) | digit
    return bits.dtype.type(value), below


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
        bits = flat.view(f"u{flat.dtype.itemsize}")
        k = round(sparsity * bits.size)
        keep = np.ones(bits.size, bool)
        if k:
            cut, below = kth_bits(bits, k)
            keep = bits > cut
            keep[np.flatnonzero(bits == cut)[k - below :]] = True
        for name, l in group:
            masks[name] = keep[: l.weight.size].reshape(l.weight.shape)
            keep = keep[l.weight.size :]
            l.weight[~masks[name]] = 0
    return pruned, masks
