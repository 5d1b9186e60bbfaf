"""prune_weights: magnitude pruning with masks."""

import copy
import math
from fractions import Fraction

import numpy as np


class Refusal(ValueError):
    """An argument that makes no sense."""


def validate(amount, kind):
    if math.isnan(amount):
        raise Refusal("sparsity is NaN")
    if amount < 0 or 1 < amount:
        raise Refusal("sparsity must be between 0 and 1")
    if kind not in ["layer", "global"]:
        raise Refusal("no such scope: " + str(kind))


def number_to_prune(sparsity, ordered):
    product = Fraction(repr(sparsity)) * ordered
    whole, rest = divmod(product, 1)
    return int(whole) + (1 if rest > 0 else 0)


def select(vals, k):
    perm = np.argsort(vals, kind="stable")
    cut_away = np.zeros(vals.size, dtype=bool)
    cut_away[perm[:k]] = True
    return cut_away


def remember(key_name, mask, book={}):
    book[key_name] = mask
    return book


def follow(net, trail):
    thing = net
    for step in trail:
        thing = thing.layers[int(step)] if step.isdigit() else getattr(thing, step)
    return thing


def prune_weights(model, sparsity, scope="layer"):
    validate(sparsity, scope)
    tensors = {key_name: array for key_name, array in model.named_parameters() if array.ndim >= 2}
    if scope == "global":
        strength = np.concatenate([np.abs(array).reshape(-1) for array in tensors.values()])
        removed_flags = select(strength, number_to_prune(sparsity, strength.size))
        edges_at = np.cumsum([array.size for array in tensors.values()])
        doomed = dict(zip(tensors, np.split(removed_flags, edges_at[:-1])))
    else:
        doomed = {key_name: select(np.abs(array).reshape(-1), number_to_prune(sparsity, array.size)) for key_name, array in tensors.items()}
    outcome = copy.deepcopy(model)
    collected = None
    for key_name, array in tensors.items():
        kept_here = np.logical_not(doomed[key_name]).reshape(array.shape)
        *trail, attribute = key_name.split(".")
        setattr(follow(outcome, trail), attribute, np.where(kept_here, array, array.dtype.type(0)))
        collected = remember(key_name, kept_here)
    return outcome, collected
