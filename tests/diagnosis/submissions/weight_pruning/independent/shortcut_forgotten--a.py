"""One-shot magnitude pruning for judge.nn networks."""

import copy
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear, Residual, Sequential


def importance(w):
    return np.abs(w).ravel()


def select(scores, k):
    if k == 0:
        return np.zeros(scores.shape, bool)
    edge_value = np.partition(scores, k - 1)[k - 1]
    below = scores < edge_value
    equal = scores == edge_value
    tie_quota = k - np.count_nonzero(below)
    return below | (equal & (np.cumsum(equal) <= tie_quota))


def number_to_drop(sparsity, n):
    top, bottom = Decimal(repr(float(sparsity))).as_integer_ratio()
    return (top * n) // bottom


def prune_weights(model, sparsity, scope="layer"):
    inside = sparsity >= 0.0 and sparsity <= 1.0
    if not inside:
        raise ValueError("the fraction must lie between 0 and 1, got %r" % (sparsity,))
    known = ["layer", "global"]
    if known.count(scope) == 0:
        raise ValueError(f"scope must be one of {known}")
    output = copy.deepcopy(model)
    carriers = []
    pending = [("", output)]
    while pending:
        path, module = pending.pop()
        if isinstance(module, Sequential):
            pending.extend((f"{path}{i}.", module.layers[i]) for i in reversed(range(len(module.layers))))
        elif isinstance(module, Residual):
            pending.append((path + "body.", module.body))
        elif isinstance(module, (Linear, Conv2d)):
            carriers.append((path + "weight", module))

    if not carriers:
        return output, {}
    offsets = [0]
    for _, module in carriers:
        offsets.append(offsets[-1] + module.weight.size)
    values = np.concatenate([importance(module.weight) for _, module in carriers])
    spans = list(zip(offsets, offsets[1:])) if scope == "layer" else [(0, values.size)]
    alive = np.ones(values.size, dtype=bool)
    for first, last in spans:
        alive[first:last][select(values[first:last], number_to_drop(sparsity, last - first))] = False
    out_masks = {}
    for (label, module), low, high in zip(carriers, offsets, offsets[1:]):
        here = np.array(alive[low:high]).reshape(module.weight.shape)
        module.weight = np.where(here, module.weight, np.zeros_like(module.weight))
        out_masks[label] = here
    return output, out_masks
