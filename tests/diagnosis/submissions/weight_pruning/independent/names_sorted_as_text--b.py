"""Thin out a trained network by the size of its weights."""

import copy
import heapq
import itertools
import math
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear, Residual, Sequential


def fresh_layer(layer):
    """A second layer with arrays of its own."""
    other = copy.copy(layer)
    arrays = {attribute: value.copy() for attribute, value in vars(layer).items() if isinstance(value, np.ndarray)}
    other.__dict__.update(arrays)
    return other


def clone_into(seq, path, found):
    """Copy a container, noting each prunable layer of the copy under its name."""
    fresh = []
    for place, layer in enumerate(seq):
        here = [*path, f"{place}"]
        other = fresh_layer(layer)
        if isinstance(layer, Residual):
            other.body = clone_into(layer.body, here + ["body"], found)
            if layer.shortcut is not None:
                other.shortcut = clone_into(layer.shortcut, here + ["shortcut"], found)
        elif isinstance(layer, Linear) or isinstance(layer, Conv2d):
            found[".".join(here + ["weight"])] = other
        fresh.append(other)
    return Sequential(fresh)


def refuse_nonsense(sparsity, scope):
    if scope not in ("layer", "global"):
        raise ValueError(f"unknown scope {scope!r}")
    if not (math.isfinite(sparsity) and abs(sparsity - 0.5) <= 0.5 and sparsity >= 0):
        raise ValueError("bad sparsity")


def n_pruned(sparsity, n):
    return math.ceil(Decimal(repr(float(sparsity))) * n)


def weakest(scores, k):
    heap = list(zip(scores.tolist(), range(scores.size)))
    heapq.heapify(heap)
    flags = np.zeros(scores.size, np.bool_)
    for _ in range(k):
        _, place = heapq.heappop(heap)
        flags[place] = True
    return flags


def absolute(w):
    return np.fabs(w, dtype=np.float64).flatten()


def per_layer(found, sparsity):
    dropping = {}
    for key, mod in found.items():
        size_list = absolute(mod.weight)
        dropping[key] = weakest(size_list, n_pruned(sparsity, size_list.size))
    return dropping


def plan_jointly(found, sparsity):
    queue = np.concatenate([absolute(mod.weight) for mod in found.values()])
    falls = iter(weakest(queue, n_pruned(sparsity, queue.size)).tolist())
    return {key: np.array(list(itertools.islice(falls, mod.weight.size)), bool) for key, mod in sorted(found.items())}


def prune_weights(model, sparsity, scope="layer"):
    refuse_nonsense(sparsity, scope)
    found = {}
    sparse_net = clone_into(model, [], found)
    dropping = per_layer(found, sparsity) if scope == "layer" else plan_jointly(found, sparsity)
    masks = {}
    for key, mod in found.items():
        drop = np.reshape(dropping[key], mod.weight.shape)
        np.place(mod.weight, drop, [0])
        masks[key] = (1 - drop).astype(np.int8)
    return sparse_net, masks
