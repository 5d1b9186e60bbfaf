"""Prune a network by magnitude."""

import decimal
import heapq
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear, Residual


def weight_layers(net, prefix=""):
    result_list = []
    for spot, layer in enumerate(net.layers):
        title = f"{prefix}{spot}"
        if isinstance(layer, Residual):
            result_list += weight_layers(layer.body, title + ".body.")
            if layer.shortcut is not None:
                result_list += weight_layers(layer.shortcut, title + ".shortcut.")
        elif isinstance(layer, Conv2d) or isinstance(layer, Linear):
            result_list.append((title, layer))
    return result_list


def lowest(vals, k):
    pairs = zip(vals.tolist(), range(vals.size))
    smallest = sorted(pairs)[:k] if 2 * k > vals.size else heapq.nsmallest(k, pairs)
    marks = np.zeros(vals.size, dtype=bool)
    marks[np.array([place for _, place in smallest], dtype=int)] = True
    return marks


def _check(sparsity, scope):
    problems = []
    if not (sparsity >= 0 and sparsity <= 1):
        problems.append("sparsity")
    if ("layer", "global").count(scope) == 0:
        problems.append("scope")
    if problems:
        raise ValueError("bad " + " and ".join(problems))


def budget_for(share, total):
    share_count = Decimal(repr(share)) * total
    return int(share_count.to_integral_value(rounding=decimal.ROUND_CEILING))


def prune_weights(model, sparsity, scope="layer"):
    _check(sparsity, scope)
    slim = model.copy()
    found_layers = [*weight_layers(slim)]
    scopes = zip(found_layers) if scope == "layer" else (found_layers,)
    record = {}
    for members in scopes:
        numels = [leaf.weight.size for _, leaf in members]
        sizes_of_all = np.concatenate([np.fabs(leaf.weight).ravel() for _, leaf in members])
        gone = lowest(sizes_of_all, budget_for(sparsity, sizes_of_all.size))
        position = 0
        for (name, leaf), length in zip(members, numels):
            part = gone[position : position + length]
            position += length
            mask_array = ~part.reshape(leaf.weight.shape)
            leaf.weight = np.where(mask_array, leaf.weight, leaf.weight.dtype.type(0))
            record[f"{name}.weight"] = mask_array.astype(np.uint8) * 255
    return slim, record
