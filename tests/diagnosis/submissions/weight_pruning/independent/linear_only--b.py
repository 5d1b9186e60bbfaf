"""Set the weights of smallest magnitude to zero and say which stayed."""

import bisect
import copy
from decimal import Decimal

import numpy as np


def budget_for(fraction, amounts):
    top, bottom = Decimal(repr(fraction)).as_integer_ratio()
    return top * amounts // bottom


def weakest(v_abs, k):
    if not k:
        return np.zeros(len(v_abs), bool)
    in_order = sorted(v_abs.tolist())
    tau = in_order[k - 1]
    room = k - bisect.bisect_left(in_order, tau)
    answer = []
    for value in v_abs.tolist():
        equal = value == tau and room > 0
        room -= equal
        answer.append(value < tau or equal)
    return np.array(answer, bool)


def verify_arguments(fraction, where):
    clipped = min(max(fraction, 0.0), 1.0)
    if clipped != fraction:  # a NaN differs from everything
        raise ValueError(f"{fraction} is no fraction")
    if where not in {"global", "layer"}:
        raise ValueError(where)


def follow(network, route):
    thing = network
    for step in route:
        thing = thing.layers[int(step)] if step.isdigit() else getattr(thing, step)
    return thing


def prune_weights(model, sparsity, scope="layer"):
    verify_arguments(sparsity, scope)
    params = {name: array for name, array in model.named_parameters() if array.ndim == 2}
    if scope == "global" and params:
        strength = np.concatenate([abs(array).reshape(-1) for array in params.values()])
        gone = weakest(strength, budget_for(sparsity, strength.size))
        edges_at = np.cumsum([array.size for array in params.values()])
        lost_of = dict(zip(params, np.split(gone, edges_at[:-1])))
    else:
        lost_of = {name: weakest(abs(array).reshape(-1), budget_for(sparsity, array.size)) for name, array in params.items()}
    pruned = copy.deepcopy(model)
    book = {}
    for name, array in params.items():
        kept_here = np.logical_not(lost_of[name]).reshape(array.shape)
        *route, attribute = name.split(".")
        setattr(follow(pruned, route), attribute, np.where(kept_here, array, array.dtype.type(0)))
        book[name] = kept_here
    return pruned, book
