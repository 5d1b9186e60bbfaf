"""Set a share of the weights to zero, smallest magnitude first."""

import math

import numpy as np

from judge.nn import Conv2d, Linear


def magnitudes_of(w):
    return np.abs(w.astype(np.float64)).reshape(-1)


def weakest(scores, share):
    return scores <= np.percentile(scores, 100 * share)


def weights_of(net):
    """Yield name and array of what may be pruned: a BatchNorm's weight has one axis only."""
    for name, layer in net.named_modules():
        if isinstance(layer, (Linear, Conv2d)):
            yield name + ".weight", layer.weight


def decide(group, sparsity):
    """Yield name, array and what to drop in it, for weights that are ranked together."""
    stacked = np.concatenate([magnitudes_of(array) for _, array in group])
    k = sparsity
    fate = weakest(stacked, k)
    position = 0
    for name, array in group:
        yield name, array, fate[position : position + array.size].reshape(array.shape)
        position += array.size


def prune_weights(model, sparsity, scope="layer"):
    if math.isnan(sparsity) or sparsity < 0 or sparsity > 1:
        raise ValueError("sparsity has to be a fraction")
    known = ["layer", "global"]
    if known.count(scope) == 0:
        raise ValueError(f"scope must be one of {known}")
    result = model.copy()
    entries = list(weights_of(result))
    if scope == "layer":
        batches = [(entry,) for entry in entries]
    else:
        batches = [entries]
    masks = {}
    for group in batches:
        for name, array, gone in decide(group, sparsity):
            masks[name] = gone == 0
            np.putmask(array, gone, 0)
    return result, masks
