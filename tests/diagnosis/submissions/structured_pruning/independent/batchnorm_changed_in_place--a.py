"""Channel pruning for plain NumPy networks."""

import copy
import math
from decimal import Decimal
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Sequential


def kept_indices(scores, k):
    return np.sort(np.argsort(scores, kind="stable")[k:])


def row_norms(weight, norm):
    result = []
    for row in weight:
        values = row.ravel().tolist()
        if norm == 1:
            result.append(math.fsum(abs(v) for v in values))
        else:
            result.append(math.sqrt(math.fsum(v * v for v in values)))
    return result


def how_many(ratio, n):
    """How many of ``n`` go."""
    top, bottom = Decimal(repr(ratio)).as_integer_ratio()
    return min(top * n // bottom, n - 1)


def validate(ratio, norm):
    if not 0 <= ratio < 1:
        raise ValueError(f"ratio must lie in [0, 1), not {ratio}")
    if norm not in (1, 2):
        raise ValueError(f"norm must be 1 or 2, not {norm}")


def features(prev, had, size):
    block = size // had
    return (prev[:, None] * block + np.arange(block)).ravel()


def rebuild_weighted(layer, rows, prev, had):
    weight = layer.weight
    if prev is not None:
        weight = weight[:, features(prev, had, weight.shape[1])]
    weight = weight[rows]
    bias = None if layer.bias is None else layer.bias[rows]
    if isinstance(layer, Conv2d):
        return Conv2d(weight, bias, stride=layer.stride, padding=layer.padding, groups=layer.groups)
    return Linear(weight, bias)


def rebuild_norm(layer, prev, had):
    where = features(prev, had, layer.weight.shape[0])
    layer.weight = layer.weight[where]
    layer.bias = layer.bias[where]
    layer.running_mean = layer.running_mean[where]
    layer.running_var = layer.running_var[where]
    return layer


def prune_structured(model, ratio, norm=1):
    validate(ratio, norm)
    stack = list(model.layers)
    spots = [i for i, layer in enumerate(stack) if isinstance(layer, (Linear, Conv2d))]

    # first pass: which rows stay
    chosen = {}
    for spot in spots:
        weight = stack[spot].weight
        n = weight.shape[0]
        if spot == spots[-1]:
            chosen[spot] = np.arange(n)
        else:
            chosen[spot] = kept_indices(row_norms(weight, norm), how_many(ratio, n))

    # second pass: new layers
    out = []
    prev, had = None, None
    for i, layer in enumerate(stack):
        if i in chosen:
            out.append(rebuild_weighted(layer, chosen[i], prev, had))
            prev, had = chosen[i], layer.weight.shape[0]
        elif isinstance(layer, (BatchNorm1d, BatchNorm2d)) and prev is not None:
            out.append(rebuild_norm(layer, prev, had))
        else:
            out.append(copy.deepcopy(layer))

    masks = {}
    for spot in spots:
        flags = np.zeros(stack[spot].weight.shape[0], dtype=bool)
        flags[chosen[spot]] = True
        masks[f"{spot}.weight"] = flags
    return Sequential(out), masks
