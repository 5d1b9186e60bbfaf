"""The entry point is a functools.partial of a more general function."""

import functools

import numpy as np

from judge.nn import Conv2d, Linear


def _prune(score, kinds, model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1:
        raise ValueError("sparsity must lie in [0, 1]")
    if scope not in ("layer", "global"):
        raise ValueError("scope must be 'layer' or 'global'")
    pruned = model.copy()
    layers = [(n + ".weight", l) for n, l in pruned.named_modules() if isinstance(l, kinds)]
    scores = {name: score(l.weight) for name, l in layers}
    masks = {}
    for group in [layers] if scope == "global" else [[x] for x in layers]:
        flat = np.concatenate([scores[name].ravel() for name, _ in group])
        keep = np.ones(flat.size, bool)
        keep[np.argsort(flat)[: round(sparsity * flat.size)]] = False
        for name, l in group:
            masks[name] = keep[: l.weight.size].reshape(l.weight.shape)
            keep = keep[l.weight.size :]
            l.weight[~masks[name]] = 0
    return pruned, masks


prune_weights = functools.partial(_prune, np.abs, (Linear, Conv2d))
