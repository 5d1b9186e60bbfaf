"""Prune a network by magnitude."""

import copy
import decimal
import math
from decimal import Decimal

import numpy as np


def choose_smallest(values, k):
    levels, level, amount = np.unique(values, return_inverse=True, return_counts=True)
    upto = np.cumsum(amount)
    whole = np.searchsorted(upto, k, side="right")  # levels that go completely
    out_flags = level < whole
    missing = k - (int(upto[whole - 1]) if whole else 0)
    if missing:
        out_flags[np.flatnonzero(level == whole)[:missing]] = True
    return out_flags


class BadArgument(ValueError):
    """An argument that makes no sense."""


def validate(amount, kind):
    if math.isnan(amount):
        raise BadArgument("sparsity is NaN")
    if amount < 0 or 1 < amount:
        raise BadArgument("sparsity must be between 0 and 1")
    if kind not in ["layer", "global"]:
        raise BadArgument("no such scope: " + str(kind))


def collect(current, path=()):
    children = current.named_children()
    if children is None:
        weight = getattr(current, "weight", None)
        if weight is not None and weight.ndim in (2, 4):
            yield ".".join(path), current
        return
    for key, child in children:
        yield from collect(child, (*path, key))


def exact_count(share, total):
    share_count = Decimal(repr(share)) * total
    return int(share_count.to_integral_value(rounding=decimal.ROUND_CEILING))


def prune_weights(model, sparsity, scope="layer"):
    fresh = copy.deepcopy(model)
    todo = list(collect(fresh))
    scratch = {name: leaf_layer.weight for name, leaf_layer in collect(model)}
    for w in scratch.values():
        np.abs(w, out=w)
    validate(sparsity, scope)
    scopes = [todo]
    if scope == "layer":
        scopes = [[item] for item in todo]
    collected = {}
    originals = {name: leaf_layer.weight.copy() for name, leaf_layer in todo}
    for team in scopes:
        sizes = [leaf_layer.weight.size for _, leaf_layer in team]
        abs_values = np.concatenate([scratch[name].flatten() for name, _ in team])
        gone = choose_smallest(abs_values, exact_count(sparsity, abs_values.size))
        pieces = np.split(gone, np.cumsum(sizes)[:-1])
        for (name, leaf_layer), chunk in zip(team, pieces):
            stays_here = ~chunk.reshape(leaf_layer.weight.shape)
            np.copyto(leaf_layer.weight, 0, where=~stays_here)
            collected[f"{name}.weight"] = stays_here
    for name, w in scratch.items():
        w[...] = originals[name]
    return fresh, collected
