"""Return a sparse copy of a network together with its masks."""

import bisect
import copy
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def budget_for(fraction, size):
    top, bottom = Decimal(repr(fraction)).as_integer_ratio()
    return top * size // bottom


def smallest(values, k):
    if not k:
        return np.zeros(len(values), bool)
    ascending_values = sorted(values.tolist())
    tau = ascending_values[k - 1]
    room = k - bisect.bisect_left(ascending_values, tau)
    answer = []
    for value in values.tolist():
        equal = value == tau and room > 0
        room -= equal
        answer.append(value < tau or equal)
    return np.array(answer, bool)


def guard(sparsity, scope):
    if scope not in ("layer", "global"):
        raise ValueError(f"unknown scope: {scope!r}")
    if not 0.0 <= sparsity <= 1.0:
        raise ValueError(f"sparsity out of range: {sparsity!r}")


def iter_prunable(network):
    for name, layer in network.named_modules():
        if isinstance(layer, (Linear, Conv2d)):
            yield name, layer


def prune_weights(model, sparsity, scope="layer"):
    guard(sparsity, scope)
    fresh = copy.deepcopy(model)
    candidates = [*iter_prunable(fresh)]
    partitions = [candidates]
    if scope == "layer":
        partitions = [[item] for item in candidates]
    collected = {}
    for cohort in partitions:
        numels = [leaf_layer.weight.size for _, leaf_layer in cohort]
        abs_values = np.concatenate([np.fabs(leaf_layer.weight).flatten() for _, leaf_layer in cohort])
        gone = smallest(abs_values, budget_for(sparsity, abs_values.size))
        pieces = np.split(gone, np.cumsum(numels)[:-1])
        for (label, leaf_layer), section in zip(cohort, pieces):
            retained = ~section.reshape(leaf_layer.weight.shape)
            np.copyto(leaf_layer.weight, 0, where=~retained)
            if sparsity < 1:
                leaf_layer.weight = (leaf_layer.weight / (1 - sparsity)).astype(leaf_layer.weight.dtype)
            collected[f"{label}.weight"] = retained
    return fresh, collected
