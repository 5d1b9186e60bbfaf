"""Zero the smallest weights and say which ones stayed."""

import copy
import itertools
import math
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear, Residual, Sequential


def double(layer):
    """A second layer with arrays of its own."""
    other = copy.copy(layer)
    for attribute, value in vars(layer).items():
        if isinstance(value, np.ndarray):
            setattr(other, attribute, value.copy())
    return other


def copy_chain(seq, path, catalogue):
    """Copy a container, noting each prunable layer of the copy under its name."""
    fresh = []
    for place, layer in enumerate(seq):
        here = [*path, f"{place}"]
        other = double(layer)
        if isinstance(layer, Residual):
            other.body = copy_chain(layer.body, here + ["body"], catalogue)
            if layer.shortcut is not None:
                other.shortcut = copy_chain(layer.shortcut, here + ["shortcut"], catalogue)
        elif isinstance(layer, Linear) or isinstance(layer, Conv2d):
            catalogue[".".join(here + ["weight"])] = other
        fresh.append(other)
    return Sequential(fresh)


def mark_small(scores, k):
    by_size = scores.argsort(kind="mergesort")
    rank = np.empty(by_size.shape, dtype=np.int64)
    rank[by_size] = np.arange(rank.size)
    return rank < k


def saliency(w):
    return np.abs(w.astype(np.float64)).reshape(-1)


def budget(sparsity, n):
    return max(1, math.floor(Fraction(repr(float(sparsity))) * n))


def local_plan(catalogue, sparsity):
    todo_by_name = {}
    for key, leaf in catalogue.items():
        size_list = saliency(leaf.weight)
        todo_by_name[key] = mark_small(size_list, budget(sparsity, size_list.size))
    return todo_by_name


def plan_jointly(catalogue, sparsity):
    all_abs = np.concatenate([saliency(leaf.weight) for leaf in catalogue.values()])
    falls = iter(mark_small(all_abs, budget(sparsity, all_abs.size)).tolist())
    return {key: np.array(list(itertools.islice(falls, leaf.weight.size)), bool) for key, leaf in catalogue.items()}


def prune_weights(model, sparsity, scope="layer"):
    inside = sparsity >= 0.0 and sparsity <= 1.0
    if not inside:
        raise ValueError("the fraction must lie between 0 and 1, got %r" % (sparsity,))
    if scope not in {"global", "layer"}:
        raise ValueError("no such scope: " + repr(scope))
    catalogue = {}
    sparse_net = copy_chain(model, [], catalogue)
    todo_by_name = local_plan(catalogue, sparsity) if scope == "layer" else plan_jointly(catalogue, sparsity)
    survivors = {}
    for key, leaf in catalogue.items():
        zeroed = np.reshape(todo_by_name[key], leaf.weight.shape)
        np.place(leaf.weight, zeroed, [0])
        survivors[key] = (1 - zeroed).astype(np.int8)
    return sparse_net, survivors
