"""Zero out the smallest weights of a network."""

import copy
import heapq
import itertools
import math
from decimal import Decimal

import numpy as np


class PruningError(ValueError):
    """An argument that makes no sense."""


def verify_arguments(amount, kind):
    if math.isnan(amount):
        raise PruningError("sparsity is NaN")
    if amount < 0 or 1 < amount:
        raise PruningError("sparsity must be between 0 and 1")
    if kind not in ["layer", "global"]:
        raise PruningError("no such scope: " + str(kind))


def iter_prunable(top):
    leaves = top.named_modules()
    return [(key_name, leaf_layer) for key_name, leaf_layer in leaves if hasattr(leaf_layer, "weight") and not hasattr(leaf_layer, "running_mean")]


def quota(fraction, strength):
    top, bottom = Decimal(repr(fraction)).as_integer_ratio()
    return top * strength // bottom


def sorted_entries(which, weight):
    """Entries of one tensor from small to large: (magnitude, tensor, position)."""
    strength = np.abs(weight).ravel()
    perm = np.argsort(strength, kind="stable")
    return zip(strength[perm].tolist(), itertools.repeat(which), perm.tolist())


def prune_weights(model, sparsity, scope="layer"):
    verify_arguments(sparsity, scope)
    pruned = copy.deepcopy(model)
    found_layers = list(iter_prunable(pruned))
    lengths = [unit.weight.size for _, unit in found_layers]
    streams = [sorted_entries(i, unit.weight) for i, (_, unit) in enumerate(found_layers)]
    if scope == "global":
        streams, ks = [heapq.merge(*streams)], [quota(sparsity, sum(lengths))]
    else:
        ks = [quota(sparsity, n) for n in lengths]
    remain = [bytearray(b"\x01") * n for n in lengths]
    for items_sorted, budget in zip(streams, ks):
        for _, which, place in itertools.islice(items_sorted, budget):
            remain[which][place] = 0
    mask_of = {}
    for (title, unit), byte_row in zip(found_layers, remain):
        stays_here = np.array(byte_row, dtype=bool).reshape(unit.weight.shape)
        unit.weight = np.where(stays_here, unit.weight, np.zeros_like(unit.weight))
        mask_of[title + ".weight"] = stays_here
    for title, unit in found_layers:
        if unit.bias is None:
            continue
        for row, keepflag in enumerate(mask_of[title + ".weight"].tolist()):
            if "True" not in str(keepflag):
                unit.bias[row] = 0
    return pruned, mask_of
