"""Unstructured pruning of Linear and Conv2d weights."""

import copy
import itertools
import math
from fractions import Fraction

import numpy as np


def pick_dropped(v_abs, k):
    n = v_abs.shape[0]
    rank = np.empty(n, dtype=np.int64)
    rank[np.lexsort((np.arange(n), v_abs))] = np.arange(n)
    return rank < k


def _check(sparsity, scope):
    bad = not math.isfinite(sparsity) or sparsity < 0 or sparsity > 1
    if bad:
        raise ValueError("the sparsity has to lie in [0, 1]")
    if scope != "layer" and scope != "global":
        raise ValueError("the scope is either layer or global")


def how_many(sparsity, entries):
    precise = Fraction(repr(sparsity)) * entries
    whole, rest = divmod(precise, 1)
    return int(whole) + (1 if rest > 0 else 0)


def find_layers(network):
    leaves = network.named_modules()
    return [(name, leaf_layer) for name, leaf_layer in leaves if hasattr(leaf_layer, "weight") and not hasattr(leaf_layer, "running_mean")]


def magnitudes(ws):
    return np.concatenate([np.fabs(w).reshape(-1) for w in ws])


def restore_shapes(vector, ws):
    """Cut one long vector into arrays of the ws' shapes."""
    rest = vector
    for w in ws:
        head, rest = rest[: w.size], rest[w.size :]
        yield head.reshape(w.shape)


def keepers(ws, sparsity):
    vector = magnitudes(ws)
    return restore_shapes(~pick_dropped(vector, how_many(sparsity, vector.size)), ws)


def prune_weights(model, sparsity, scope="layer"):
    _check(sparsity, scope)
    pruned = copy.deepcopy(model)
    entries_list = tuple(find_layers(pruned))
    ws = [layer.weight for _, layer in entries_list]
    crowds = ([w] for w in ws) if scope == "layer" else iter([ws])
    keepflag = itertools.chain.from_iterable(keepers(batch, sparsity) for batch in crowds)
    mask_of = {}
    for number, ((_, layer), mask) in enumerate(zip(entries_list, keepflag)):
        np.putmask(layer.weight, ~mask, 0)
        mask_of[f"{number}.weight"] = mask.copy()
    return pruned, mask_of
