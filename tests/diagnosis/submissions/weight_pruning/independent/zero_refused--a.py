"""Set the weights of smallest magnitude to zero and say which stayed."""

import copy
import heapq
from fractions import Fraction

import numpy as np


def ensure_valid(sparsity, scope):
    if scope not in {"layer", "global"}:
        raise ValueError(scope)
    if not (0 < sparsity <= 1):
        raise ValueError("sparsity must be a positive fraction")


def lowest(v_abs, k):
    pairs = zip(v_abs.tolist(), range(v_abs.size))
    smallest = sorted(pairs)[:k] if 2 * k > v_abs.size else heapq.nsmallest(k, pairs)
    marks = np.zeros(v_abs.size, dtype=bool)
    marks[np.array([place for _, place in smallest], dtype=int)] = True
    return marks


def prunable(net):
    leaves = net.named_modules()
    return [(name, leaf_layer) for name, leaf_layer in leaves if hasattr(leaf_layer, "weight") and not hasattr(leaf_layer, "running_mean")]


def number_to_prune(sparsity, ordered):
    share_count = Fraction(repr(sparsity)) * ordered
    whole, rest = divmod(share_count, 1)
    return int(whole) + (1 if rest > 0 else 0)


def each_alone(layers, sparsity):
    book = {}
    for title, mod in layers.items():
        w = mod.weight
        lost = lowest(np.absolute(w).flatten(), number_to_prune(sparsity, w.size))
        book[title] = np.invert(lost).reshape(w.shape)
    return book


def over_all(layers, sparsity):
    row_of_all = np.hstack([np.absolute(mod.weight).flatten() for mod in layers.values()])
    retained = np.invert(lowest(row_of_all, number_to_prune(sparsity, row_of_all.size)))
    book, at_ = {}, 0
    for title, mod in layers.items():
        until = at_ + mod.weight.size
        book[title] = retained[at_:until].reshape(mod.weight.shape).copy()
        at_ = until
    return book


def prune_weights(model, sparsity, scope="layer"):
    ensure_valid(sparsity, scope)
    duplicate = copy.deepcopy(model)
    layers = dict(prunable(duplicate))
    chosen = over_all(layers, sparsity) if scope == "global" else each_alone(layers, sparsity)
    named = {}
    for title, stay_mask in chosen.items():
        layers[title].weight[~stay_mask] = 0
        named[".".join((title, "weight"))] = stay_mask
    return duplicate, named
