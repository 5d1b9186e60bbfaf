"""Unstructured pruning of Linear and Conv2d weights."""

import copy
import math

import numpy as np


def weight_layers(root_net):
    leaves = root_net.named_modules()
    return [(key_name, terminal) for key_name, terminal in leaves if hasattr(terminal, "weight") and not hasattr(terminal, "running_mean")]


def budget_for(sparsity, n):
    return int(sparsity * n)


def smallest(joined_vec, k):
    numbers = joined_vec.tolist()
    ranking = sorted(range(len(numbers)), key=numbers.__getitem__)
    falls = [False] * len(numbers)
    for place in ranking[:k]:
        falls[place] = True
    return np.array(falls, dtype=bool)


class BadArgument(ValueError):
    """An argument that makes no sense."""


def guard(amount, kind):
    if math.isnan(amount):
        raise BadArgument("sparsity is NaN")
    if amount < 0 or 1 < amount:
        raise BadArgument("sparsity must be between 0 and 1")
    if kind not in ["layer", "global"]:
        raise BadArgument("no such scope: " + str(kind))


def separate(layers, sparsity):
    all_masks = {}
    for key_name, leaf in layers.items():
        w = leaf.weight
        leaving = smallest(np.abs(w).flatten(), budget_for(sparsity, w.size))
        all_masks[key_name] = np.invert(leaving).reshape(w.shape)
    return all_masks


def across_network(layers, sparsity):
    row_of_all = np.hstack([np.abs(leaf.weight).flatten() for leaf in layers.values()])
    kept_here = np.invert(smallest(row_of_all, budget_for(sparsity, row_of_all.size)))
    all_masks, at_ = {}, 0
    for key_name, leaf in layers.items():
        until = at_ + leaf.weight.size
        all_masks[key_name] = kept_here[at_:until].reshape(leaf.weight.shape).copy()
        at_ = until
    return all_masks


def prune_weights(model, sparsity, scope="layer"):
    guard(sparsity, scope)
    slim = copy.deepcopy(model)
    layers = dict(weight_layers(slim))
    selection = across_network(layers, sparsity) if scope == "global" else separate(layers, sparsity)
    renamed = {}
    for key_name, bitmap in selection.items():
        layers[key_name].weight[~bitmap] = 0
        renamed[".".join((key_name, "weight"))] = bitmap
    return slim, renamed
