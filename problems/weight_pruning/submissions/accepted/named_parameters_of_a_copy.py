"""Finds prunable arrays among named_parameters by their number of axes, works in the copy's own arrays."""

import numpy as np


def prune_weights(model, sparsity, scope="layer"):
    if not (0.0 <= sparsity <= 1.0):
        raise ValueError("sparsity has to be in [0, 1]")
    if scope not in ("layer", "global"):
        raise ValueError("scope has to be 'layer' or 'global'")
    pruned = model.copy()
    # only the weights of Linear (2 axes) and Conv2d (4 axes) have more than one axis
    weights = [(name, array) for name, array in pruned.named_parameters() if array.ndim > 1]
    groups = [weights] if scope == "global" else [[pair] for pair in weights]
    masks = {}
    for group in groups:
        score = np.concatenate([np.abs(array, order="C").ravel() for _, array in group])
        k = round(sparsity * score.size)
        alive = np.ones(score.size, dtype=np.bool_)
        alive[np.argpartition(score, min(k, score.size - 1))[:k]] = False
        offset = 0
        for name, array in group:
            masks[name] = alive[offset : offset + array.size].reshape(array.shape)
            array[np.where(~masks[name])] = 0
            offset += array.size
    return pruned, masks
