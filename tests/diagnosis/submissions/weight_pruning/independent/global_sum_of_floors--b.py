"""Sparsify a trained network, one tensor at a time or jointly."""

from decimal import Decimal

import numpy as np


def budget_for(fraction, abs_w):
    top, bottom = Decimal(repr(fraction)).as_integer_ratio()
    return top * abs_w // bottom


def lowest(magn, k):
    n = magn.shape[0]
    rank = np.empty(n, dtype=np.int64)
    rank[np.lexsort((np.arange(n), magn))] = np.arange(n)
    return rank < k


def _check(sparsity, scope):
    if scope not in ("layer", "global"):
        raise ValueError(f"unknown scope: {scope!r}")
    if not 0.0 <= sparsity <= 1.0:
        raise ValueError(f"sparsity out of range: {sparsity!r}")


def resolve(net, trail):
    node = net
    for step in trail:
        node = node.layers[int(step)] if step.isdigit() else getattr(node, step)
    return node


def prune_weights(model, sparsity, scope="layer"):
    _check(sparsity, scope)
    matrices = {title: array for title, array in model.named_parameters() if array.ndim >= 2}
    if scope == "global":
        amounts = np.concatenate([np.absolute(array).reshape(-1) for array in matrices.values()])
        budget = 0
        for array in matrices.values():
            budget += budget_for(sparsity, array.size)
        out_flags = lowest(amounts, budget)
        borders = np.cumsum([array.size for array in matrices.values()])
        lost_of = dict(zip(matrices, np.split(out_flags, borders[:-1])))
    else:
        lost_of = {title: lowest(np.absolute(array).reshape(-1), budget_for(sparsity, array.size)) for title, array in matrices.items()}
    pruned = model.copy()
    book = {}
    for title, array in matrices.items():
        kept_here = np.logical_not(lost_of[title]).reshape(array.shape)
        *trail, attribute = title.split(".")
        setattr(resolve(pruned, trail), attribute, np.where(kept_here, array, array.dtype.type(0)))
        book[title] = kept_here
    return pruned, book
