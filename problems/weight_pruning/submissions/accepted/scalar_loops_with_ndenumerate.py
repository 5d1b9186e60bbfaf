"""np.ndenumerate to read, one scalar assignment per pruned weight, a sort of flat positions by magnitude."""

import numpy as np

from judge.nn import Conv2d, Linear


def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1:
        raise ValueError("sparsity must lie in [0, 1]")
    if scope not in ("layer", "global"):
        raise ValueError("scope must be 'layer' or 'global'")
    pruned = model.copy()
    weights = {n + ".weight": l.weight for n, l in pruned.named_modules() if isinstance(l, (Linear, Conv2d))}
    masks = {name: np.ones(w.shape, dtype=bool) for name, w in weights.items()}
    for names in [list(weights)] if scope == "global" else [[n] for n in weights]:
        magnitudes = []
        for name in names:
            for _, value in np.ndenumerate(weights[name]):
                magnitudes.append(abs(float(value)))
        order = sorted(range(len(magnitudes)), key=magnitudes.__getitem__)
        removed = sorted(order[: round(sparsity * len(magnitudes))])
        first, which = 0, 0
        for position in removed:
            while position >= first + weights[names[which]].size:
                first += weights[names[which]].size
                which += 1
            weights[names[which]].flat[position - first] = 0
            masks[names[which]].flat[position - first] = False
    return pruned, masks
