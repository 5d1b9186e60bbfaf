"""Set a share of the weights to zero, smallest magnitude first."""

import copy
import itertools
import math

import numpy as np

from judge.nn import Conv2d, Linear, Residual, Sequential


def magnitudes_of(w):
    return np.abs(w.astype(np.float64)).reshape(-1)


def weakest(scores, share):
    """Everything below the quantile, interpolated as usual."""
    ascending = sorted(scores.tolist())
    spot = share * (len(ascending) - 1)
    low = min(int(spot), max(len(ascending) - 2, 0))
    high = min(low + 1, len(ascending) - 1)
    bound = ascending[low] + (spot - low) * (ascending[high] - ascending[low])
    return scores < bound


def prune_weights(model, sparsity, scope="layer"):
    if scope != "layer" and scope != "global":
        raise ValueError("scope is 'layer' or 'global'")
    if math.isnan(sparsity) or sparsity < 0 or sparsity > 1:
        raise ValueError("sparsity has to be a fraction")
    final = copy.deepcopy(model)
    carriers = []
    stack = [("", final)]
    while stack:
        path, module = stack.pop()
        if isinstance(module, Sequential):
            stack.extend((f"{path}{i}.", module.layers[i]) for i in reversed(range(len(module.layers))))
        elif isinstance(module, Residual):
            if module.shortcut is not None:
                stack.append((path + "shortcut.", module.shortcut))
            stack.append((path + "body.", module.body))
        elif isinstance(module, (Linear, Conv2d)):
            carriers.append((path + "weight", module))

    offsets = np.cumsum([0] + [module.weight.size for _, module in carriers]).tolist()
    values = np.concatenate([magnitudes_of(module.weight) for _, module in carriers])
    edges = offsets if scope == "layer" else [0, len(values)]
    alive = np.concatenate(
        [~weakest(values[low:high], sparsity) for low, high in itertools.pairwise(edges)]
    )
    keep_map = {}
    for (key_name, module), low, high in zip(carriers, offsets, offsets[1:]):
        keep_map[key_name] = alive[low:high].reshape(module.weight.shape).copy()
        module.weight = np.multiply(module.weight, keep_map[key_name], dtype=module.weight.dtype)
    return final, keep_map
