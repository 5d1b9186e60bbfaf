"""NumPy, one argpartition per tensor on a copy of the network, count by round()."""

import numpy as np

from judge.nn import Conv2d, Linear


def _mask(magnitudes, sparsity):
    k = round(sparsity * magnitudes.size)
    keep = np.ones(magnitudes.size, dtype=bool)
    if k > 0:
        keep[np.argpartition(magnitudes, k - 1)[:k]] = False
    return keep


def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1:
        raise ValueError(f"sparsity must lie in [0, 1], not {sparsity}")
    if scope not in ("layer", "global"):
        raise ValueError(f"scope must be 'layer' or 'global', not {scope!r}")
    pruned = model.copy()
    layers = [(name, layer) for name, layer in pruned.named_modules() if isinstance(layer, (Linear, Conv2d))]
    if scope == "layer":
        flat_masks = [_mask(np.abs(layer.weight).reshape(-1), sparsity) for _, layer in layers]
    else:
        together = _mask(np.concatenate([np.abs(layer.weight).reshape(-1) for _, layer in layers]), sparsity)
        ends = np.cumsum([layer.weight.size for _, layer in layers])
        flat_masks = np.split(together, ends[:-1])
    masks = {}
    for (name, layer), flat in zip(layers, flat_masks):
        mask = flat.reshape(layer.weight.shape)
        layer.weight[~mask] = 0
        masks[name + ".weight"] = mask
    return pruned, masks
