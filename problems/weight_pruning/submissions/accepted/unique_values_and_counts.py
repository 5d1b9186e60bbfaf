"""np.unique with counts: whole values go until the quota is nearly used up, the last value goes in part."""

import numpy as np

from judge.nn import Conv2d, Linear


def gone(flat, k):
    values, inverse, counts = np.unique(flat, return_inverse=True, return_counts=True)
    inverse = inverse.reshape(-1)
    upto = np.cumsum(counts)
    whole = np.searchsorted(upto, k, side="right")  # this many values go entirely
    chosen = inverse < whole
    rest = k - int(chosen.sum())
    if rest:
        chosen[np.flatnonzero(inverse == whole)[:rest]] = True
    return chosen


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
        chosen = gone(flat, round(sparsity * flat.size))
        for name, l in group:
            part, chosen = chosen[: l.weight.size].reshape(l.weight.shape), chosen[l.weight.size :]
            l.weight[part] = 0
            masks[name] = ~part
    return pruned, masks
