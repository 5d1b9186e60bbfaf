"""Makes the answer's layers a tuple, everywhere, and the masks an OrderedDict."""

from collections import OrderedDict

import numpy as np

from judge.nn import Conv2d, Linear, Residual


def freeze(sequential):
    for layer in sequential.layers:
        if isinstance(layer, Residual):
            freeze(layer.body)
            if layer.shortcut is not None:
                freeze(layer.shortcut)
    sequential.layers = tuple(sequential.layers)


def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1:
        raise ValueError("sparsity must lie in [0, 1]")
    if scope not in ("layer", "global"):
        raise ValueError("scope must be 'layer' or 'global'")
    pruned = model.copy()
    layers = [(n, l) for n, l in pruned.named_modules() if isinstance(l, (Linear, Conv2d))]
    masks = OrderedDict()
    for group in [layers] if scope == "global" else [[pair] for pair in layers]:
        flat = np.concatenate([np.abs(l.weight).ravel() for _, l in group])
        k = round(sparsity * flat.size)
        keep = np.arange(flat.size) >= k  # in order of magnitude ...
        keep[np.argsort(flat, kind="stable")] = keep.copy()  # ... and back in order of position
        for n, l in group:
            masks[n + ".weight"] = keep[: l.weight.size].reshape(l.weight.shape)
            keep = keep[l.weight.size :]
            l.weight[~masks[n + ".weight"]] = 0
    freeze(pruned)
    return pruned, masks
