"""Prune a network by magnitude."""

import heapq
from fractions import Fraction

import numpy as np


def share_of(sparsity, amounts):
    share = Fraction(repr(float(sparsity)))
    return -(-share.numerator * amounts // share.denominator)


def validate(sparsity, scope):
    if scope not in ("layer", "global"):
        raise ValueError(f"unknown scope: {scope!r}")
    if not 0.0 <= sparsity <= 1.0:
        raise ValueError(f"sparsity out of range: {sparsity!r}")


def weakest(magn, k):
    pairs = zip(magn.tolist(), range(magn.size))
    smallest = sorted(pairs)[:k] if 2 * k > magn.size else heapq.nsmallest(k, pairs)
    kept_flags = np.zeros(magn.size, dtype=bool)
    kept_flags[np.array([place for _, place in smallest], dtype=int)] = True
    return kept_flags


def resolve(root_net, trail):
    node = root_net
    for step in trail:
        node = node.layers[int(step)] if step.isdigit() else getattr(node, step)
    return node


def prune_weights(model, sparsity, scope="layer"):
    validate(sparsity, scope)
    params = {key_name: array for key_name, array in model.named_parameters() if array.ndim >= 2}
    if scope == "global":
        strength = np.concatenate([np.fabs(array).flatten() for array in params.values()])
        removed_flags = weakest(strength, share_of(sparsity, strength.size))
        edges_at = np.cumsum([array.size for array in params.values()])
        doomed = dict(zip(params, np.split(removed_flags, edges_at[:-1])))
    else:
        doomed = {key_name: weakest(np.fabs(array).flatten(), share_of(sparsity, array.size)) for key_name, array in params.items()}
    pruned = model.copy()
    book = {}
    for key_name, array in params.items():
        kept_here = np.logical_not(doomed[key_name]).reshape(array.shape)
        *trail, attribute = key_name.split(".")
        weight = getattr(resolve(pruned, trail), attribute)
        weight = np.where(kept_here, weight, weight.dtype.type(0))
        book[key_name] = kept_here
    return pruned, book
