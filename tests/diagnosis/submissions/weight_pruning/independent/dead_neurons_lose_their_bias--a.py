"""Set the weights of smallest magnitude to zero and say which stayed."""

import copy
from fractions import Fraction

import numpy as np


def exact_count(sparsity, items_sorted):
    precise = Fraction(repr(sparsity)) * items_sorted
    whole, rest = divmod(precise, 1)
    return int(whole) + (1 if rest > 0 else 0)


def choose_smallest(magn, k):
    perm = np.argsort(magn, kind="stable")
    dropped = np.zeros(magn.size, dtype=bool)
    dropped[perm[:k]] = True
    return dropped


def verify_arguments(sparsity, scope):
    if scope not in ("layer", "global"):
        raise ValueError(f"unknown scope: {scope!r}")
    if not 0.0 <= sparsity <= 1.0:
        raise ValueError(f"sparsity out of range: {sparsity!r}")


def locate(net, trail):
    item = net
    for step in trail:
        item = item.layers[int(step)] if step.isdigit() else getattr(item, step)
    return item


def prune_weights(model, sparsity, scope="layer"):
    verify_arguments(sparsity, scope)
    matrices = {where_it_is: array for where_it_is, array in model.named_parameters() if array.ndim >= 2}
    if scope == "global":
        abs_w = np.concatenate([abs(array).reshape(-1) for array in matrices.values()])
        out_ = choose_smallest(abs_w, exact_count(sparsity, abs_w.size))
        bounds = np.cumsum([array.size for array in matrices.values()])
        removed = dict(zip(matrices, np.split(out_, bounds[:-1])))
    else:
        removed = {where_it_is: choose_smallest(abs(array).reshape(-1), exact_count(sparsity, array.size)) for where_it_is, array in matrices.items()}
    outcome = copy.deepcopy(model)
    collected = {}
    for where_it_is, array in matrices.items():
        mask_array = np.logical_not(removed[where_it_is]).reshape(array.shape)
        *trail, attribute = where_it_is.split(".")
        setattr(locate(outcome, trail), attribute, np.where(mask_array, array, array.dtype.type(0)))
        collected[where_it_is] = mask_array
        module = locate(outcome, trail)
        if module.bias is not None:
            module.bias[~mask_array.reshape(len(mask_array), -1).any(axis=1)] = 0
    return outcome, collected
