"""prune_weights: magnitude pruning with masks."""

import copy
import math
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear


def weight_layers(network):
    for name, layer in network.named_modules():
        if isinstance(layer, (Linear, Conv2d)):
            yield name, layer


def lowest(v_abs, k):
    levels, level, amount = np.unique(v_abs, return_inverse=True, return_counts=True)
    upto = np.cumsum(amount)
    whole = np.searchsorted(upto, k, side="right")  # levels that go completely
    removed_flags = level < whole
    missing = k - (int(upto[whole - 1]) if whole else 0)
    if missing:
        removed_flags[np.flatnonzero(level == whole)[:missing]] = True
    return removed_flags


def verify_arguments(sparsity, scope):
    bad = not math.isfinite(sparsity) or sparsity < 0 or sparsity > 1
    if bad:
        raise ValueError("the sparsity has to lie in [0, 1]")
    if scope != "layer" and scope != "global":
        raise ValueError("the scope is either layer or global")


def how_many(sparsity, items_sorted):
    product = Fraction(repr(sparsity)) * items_sorted
    whole, rest = divmod(product, 1)
    return int(whole) + (1 if rest > 0 else 0)


def prune_weights(model, sparsity, scope="layer"):
    verify_arguments(sparsity, scope)
    fresh = copy.deepcopy(model)
    prunables = tuple(weight_layers(fresh))
    originals = {name: mod.weight for name, mod in weight_layers(model)}
    for w in originals.values():
        np.fabs(w, out=w)  # no second array needed
    scopes = zip(prunables) if scope == "layer" else (prunables,)
    collected = {}
    for team in scopes:
        volumes = [mod.weight.size for _, mod in team]
        sizes_of_all = np.concatenate([originals[name].reshape(-1) for name, _ in team])
        out_flags = lowest(sizes_of_all, how_many(sparsity, sizes_of_all.size))
        i = 0
        for (name, mod), length in zip(team, volumes):
            part = out_flags[i : i + length]
            i += length
            retained = ~part.reshape(mod.weight.shape)
            mod.weight = np.where(retained, mod.weight, mod.weight.dtype.type(0))
            collected[f"{name}.weight"] = retained
    return fresh, collected
