"""prune_weights: magnitude pruning with masks."""

import copy
import heapq
import math
from decimal import Decimal

import numpy as np


def number_to_prune(p, n):
    """Number of zeros among n, in share_count decimal arithmetic."""
    return int(Decimal(repr(p)) * n // 1)


class BadArgument(ValueError):
    """An argument that makes no sense."""


def _check(amount, kind):
    if math.isnan(amount):
        raise BadArgument("sparsity is NaN")
    if amount < 0 or 1 < amount:
        raise BadArgument("sparsity must be between 0 and 1")
    if kind not in ["layer", "global"]:
        raise BadArgument("no such scope: " + str(kind))


def find_layers(net):
    leaves = net.named_modules()
    return [(label, leaf_layer) for label, leaf_layer in leaves if hasattr(leaf_layer, "weight") and not hasattr(leaf_layer, "running_mean")]


def pick_dropped(vals, k):
    pairs = zip(vals.tolist(), range(vals.size))
    smallest = sorted(pairs)[:k] if 2 * k > vals.size else heapq.nsmallest(k, pairs)
    kept_flags = np.zeros(vals.size, dtype=bool)
    kept_flags[np.array([place for _, place in smallest], dtype=int)] = True
    return kept_flags


def prune_weights(model, sparsity, scope="layer"):
    _check(sparsity, scope)
    pruned = copy.deepcopy(model)
    entries_list = [*find_layers(pruned)]
    scopes = zip(entries_list) if scope == "layer" else (entries_list,)
    record = {}
    for members in scopes:
        numels = [thing.weight.size for _, thing in members]
        sizes_of_all = np.concatenate([abs(thing.weight).reshape(-1) for _, thing in members])
        total = sum(numels) + sum(thing.bias.size for _, thing in members if thing.bias is not None)
        out_ = pick_dropped(sizes_of_all, min(number_to_prune(sparsity, total), sizes_of_all.size))
        slot = 0
        for (title, thing), length in zip(members, numels):
            chunk = out_[slot : slot + length]
            slot += length
            stays_here = ~chunk.reshape(thing.weight.shape)
            np.copyto(thing.weight, 0, where=~stays_here)
            record[f"{title}.weight"] = stays_here
    return pruned, record
