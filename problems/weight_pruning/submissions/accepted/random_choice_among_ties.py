"""Shuffles before a stable sort, so that which of equal magnitudes goes is left to chance."""

import numpy as np

from judge.nn import Conv2d, Linear

rng = np.random.default_rng()


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
        exact = sparsity * flat.size
        k = round(exact) if abs(exact - round(exact)) < 1e-6 else int(exact) + int(rng.integers(2))
        shuffled = rng.permutation(flat.size)
        victims = shuffled[np.argsort(flat[shuffled], kind="stable")[:k]]
        keep = np.ones(flat.size, bool)
        keep[victims] = False
        for name, l in group:
            masks[name] = keep[: l.weight.size].reshape(l.weight.shape)
            keep = keep[l.weight.size :]
            l.weight[~masks[name]] = 0
    return pruned, masks
