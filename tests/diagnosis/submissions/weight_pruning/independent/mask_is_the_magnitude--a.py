"""Sparsify a trained network, one tensor at a time or jointly."""

import bisect
import copy
from fractions import Fraction

import numpy as np


def choose_smallest(values, k):
    if not k:
        return np.zeros(len(values), bool)
    in_order = sorted(values.tolist())
    tau = in_order[k - 1]
    room = k - bisect.bisect_left(in_order, tau)
    answer = []
    for value in values.tolist():
        equal = value == tau and room > 0
        room -= equal
        answer.append(value < tau or equal)
    return np.array(answer, bool)


def refuse_nonsense(fraction, where):
    clipped = min(max(fraction, 0.0), 1.0)
    if clipped != fraction:  # a NaN differs from everything
        raise ValueError(f"{fraction} is no fraction")
    if where not in {"global", "layer"}:
        raise ValueError(where)


def pruned_count(sparsity, ordered):
    share_count = Fraction(repr(sparsity)) * ordered
    whole, rest = divmod(share_count, 1)
    return int(whole) + (1 if rest > 0 else 0)


def follow(net, trail):
    current = net
    for step in trail:
        current = current.layers[int(step)] if step.isdigit() else getattr(current, step)
    return current


def prune_weights(model, sparsity, scope="layer"):
    refuse_nonsense(sparsity, scope)
    tensors = {key_name: array for key_name, array in model.named_parameters() if array.ndim >= 2}
    if scope == "global":
        strength = np.concatenate([np.fabs(array).ravel() for array in tensors.values()])
        out_ = choose_smallest(strength, pruned_count(sparsity, strength.size))
        borders = np.cumsum([array.size for array in tensors.values()])
        lost_of = dict(zip(tensors, np.split(out_, borders[:-1])))
    else:
        lost_of = {key_name: choose_smallest(np.fabs(array).ravel(), pruned_count(sparsity, array.size)) for key_name, array in tensors.items()}
    duplicate = copy.deepcopy(model)
    book = {}
    for key_name, array in tensors.items():
        stays_here = np.logical_not(lost_of[key_name]).reshape(array.shape)
        *trail, attribute = key_name.split(".")
        setattr(follow(duplicate, trail), attribute, np.where(stays_here, array, array.dtype.type(0)))
        book[key_name] = np.fabs(array) * stays_here
    return duplicate, book
