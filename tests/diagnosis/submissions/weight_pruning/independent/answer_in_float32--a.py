"""Return a sparse copy of a network together with its masks."""

import copy
from fractions import Fraction

import numpy as np


def quota(sparsity, strength):
    share = Fraction(repr(float(sparsity)))
    return -(-share.numerator * strength // share.denominator)


def refuse_nonsense(sparsity, scope):
    if scope not in ("layer", "global"):
        raise ValueError(f"unknown scope: {scope!r}")
    if not 0.0 <= sparsity <= 1.0:
        raise ValueError(f"sparsity out of range: {sparsity!r}")


def choose_smallest(values, k):
    n = values.shape[0]
    rank = np.empty(n, dtype=np.int64)
    rank[np.lexsort((np.arange(n), values))] = np.arange(n)
    return rank < k


def locate(root_net, path):
    current = root_net
    for step in path:
        current = current.layers[int(step)] if step.isdigit() else getattr(current, step)
    return current


def prune_weights(model, sparsity, scope="layer"):
    refuse_nonsense(sparsity, scope)
    tensors = {name: array for name, array in model.named_parameters() if array.ndim >= 2}
    if scope == "global":
        strength = np.concatenate([abs(array).reshape(-1) for array in tensors.values()])
        out_ = choose_smallest(strength, quota(sparsity, strength.size))
        bounds = np.cumsum([array.size for array in tensors.values()])
        lost_of = dict(zip(tensors, np.split(out_, bounds[:-1])))
    else:
        lost_of = {name: choose_smallest(abs(array).reshape(-1), quota(sparsity, array.size)) for name, array in tensors.items()}
    duplicate = copy.deepcopy(model)
    record = {}
    for name, array in tensors.items():
        mask_array = np.logical_not(lost_of[name]).reshape(array.shape)
        *path, attribute = name.split(".")
        setattr(locate(duplicate, path), attribute, np.where(mask_array, array, 0).astype(np.float32))
        record[name] = mask_array
    return duplicate, record
