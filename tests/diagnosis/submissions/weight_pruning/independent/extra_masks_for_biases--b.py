"""prune_weights: magnitude pruning with masks."""

import copy
from fractions import Fraction

import numpy as np


def pruned_count(sparsity, ordered):
    exact = Fraction(repr(sparsity)) * ordered
    whole, rest = divmod(exact, 1)
    return int(whole) + (1 if rest > 0 else 0)


def lowest(v_abs, k):
    n = v_abs.shape[0]
    rank = np.empty(n, dtype=np.int64)
    rank[np.lexsort((np.arange(n), v_abs))] = np.arange(n)
    return rank < k


def verify_arguments(sparsity, scope):
    if scope not in ("layer", "global"):
        raise ValueError(f"unknown scope: {scope!r}")
    if not 0.0 <= sparsity <= 1.0:
        raise ValueError(f"sparsity out of range: {sparsity!r}")


def follow(network, route):
    item = network
    for step in route:
        item = item.layers[int(step)] if step.isdigit() else getattr(item, step)
    return item


def prune_weights(model, sparsity, scope="layer"):
    verify_arguments(sparsity, scope)
    params = {name: array for name, array in model.named_parameters() if array.ndim >= 2}
    if scope == "global":
        strength = np.concatenate([np.fabs(array).flatten() for array in params.values()])
        out_flags = lowest(strength, pruned_count(sparsity, strength.size))
        borders = np.cumsum([array.size for array in params.values()])
        removed = dict(zip(params, np.split(out_flags, borders[:-1])))
    else:
        removed = {name: lowest(np.fabs(array).flatten(), pruned_count(sparsity, array.size)) for name, array in params.items()}
    fresh = copy.deepcopy(model)
    record = {name: np.ones(array.size, bool) for name, array in model.named_parameters() if name.endswith(".bias")}
    for name, array in params.items():
        kept_here = np.logical_not(removed[name]).reshape(array.shape)
        *route, attribute = name.split(".")
        setattr(follow(fresh, route), attribute, np.where(kept_here, array, array.dtype.type(0)))
        record[name] = kept_here
    return fresh, record
