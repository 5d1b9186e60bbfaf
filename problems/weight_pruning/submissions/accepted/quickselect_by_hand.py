"""Three-way quickselect written by hand on Python lists of positions."""

import random

import numpy as np

from judge.nn import Conv2d, Linear


def k_smallest(values, k):
    """Positions of the k smallest values; expected linear time, ties cannot hurt (three-way split)."""
    taken, pool = [], list(range(len(values)))
    while k:
        pivot = values[random.choice(pool)]
        less = [i for i in pool if values[i] < pivot]
        if k < len(less):
            pool = less
            continue
        equal = [i for i in pool if values[i] == pivot]
        taken += less
        k -= len(less)
        if k <= len(equal):
            return taken + equal[:k]
        taken += equal
        k -= len(equal)
        pool = [i for i in pool if values[i] > pivot]
    return taken


def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1:
        raise ValueError("sparsity must lie in [0, 1]")
    if scope not in ("layer", "global"):
        raise ValueError("scope must be 'layer' or 'global'")
    pruned = model.copy()
    layers = [(n + ".weight", l) for n, l in pruned.named_modules() if isinstance(l, (Linear, Conv2d))]
    masks = {}
    for group in [layers] if scope == "global" else [[x] for x in layers]:
        values = [abs(v) for _, l in group for v in l.weight.ravel().tolist()]
        keep = np.ones(len(values), bool)
        keep[np.array(k_smallest(values, round(sparsity * len(values))), dtype=np.intp)] = False
        for name, l in group:
            masks[name] = keep[: l.weight.size].reshape(l.weight.shape)
            keep = keep[l.weight.size :]
            l.weight[~masks[name]] = 0
    return pruned, masks
