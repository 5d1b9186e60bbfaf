"""The mask is whatever is not zero in the new weight, so zeros beyond k are marked False too."""

import numpy as np

from judge.nn import Conv2d, Linear


def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1:
        raise ValueError("sparsity must lie in [0, 1]")
    if scope not in ("layer", "global"):
        raise ValueError("scope must be 'layer' or 'global'")
    pruned = model.copy()
    layers = [(n, l) for n, l in pruned.named_modules() if isinstance(l, (Linear, Conv2d))]
    for group in [layers] if scope == "global" else [[pair] for pair in layers]:
        flat = np.concatenate([l.weight.ravel() for _, l in group])
        k = round(sparsity * flat.size)
        flat[np.argsort(np.abs(flat))[:k]] = 0
        start = 0
        for _, l in group:
            l.weight = flat[start : start + l.weight.size].reshape(l.weight.shape)
            start += l.weight.size
    return pruned, {n + ".weight": l.weight != 0 for n, l in layers}
