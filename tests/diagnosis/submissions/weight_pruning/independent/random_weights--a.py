"""Prune a network by magnitude, in NumPy."""

import copy
import itertools
import math
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear, Residual, Sequential


def fresh_layer(layer):
    """A second layer with arrays of its own."""
    other = copy.copy(layer)
    arrays = {attribute: value.copy() for attribute, value in vars(layer).items() if isinstance(value, np.ndarray)}
    other.__dict__.update(arrays)
    return other


def copy_chain(seq, path, catalogue):
    """Copy a container, noting each prunable layer of the copy under its name."""
    fresh = []
    for place, layer in enumerate(seq):
        here = [*path, f"{place}"]
        other = fresh_layer(layer)
        if isinstance(layer, Residual):
            other.body = copy_chain(layer.body, here + ["body"], catalogue)
            if layer.shortcut is not None:
                other.shortcut = copy_chain(layer.shortcut, here + ["shortcut"], catalogue)
        elif isinstance(layer, Linear) or isinstance(layer, Conv2d):
            catalogue[".".join(here + ["weight"])] = other
        fresh.append(other)
    return Sequential(fresh)


def select(scores, k):
    generator = np.random.default_rng(12345)
    drop = np.zeros(scores.size, dtype=bool)
    drop[generator.permutation(scores.size)[:k]] = True
    return drop


def number_to_drop(sparsity, n):
    ratio = Fraction(repr(float(sparsity)))
    return -(-ratio.numerator * n // ratio.denominator)


def size_of_weights(w):
    return np.abs(w).ravel()


def per_layer(catalogue, sparsity):
    dropping = {}
    for key, leaf in catalogue.items():
        size_list = size_of_weights(leaf.weight)
        dropping[key] = select(size_list, number_to_drop(sparsity, size_list.size))
    return dropping


def global_plan(catalogue, sparsity):
    queue = np.concatenate([size_of_weights(leaf.weight) for leaf in catalogue.values()])
    falls = select(queue, number_to_drop(sparsity, queue.size))
    ends = list(itertools.accumulate(leaf.weight.size for leaf in catalogue.values()))
    return {key: falls[end - leaf.weight.size : end] for (key, leaf), end in zip(catalogue.items(), ends)}


def prune_weights(model, sparsity, scope="layer"):
    if scope not in {"global", "layer"}:
        raise ValueError("no such scope: " + repr(scope))
    if math.isnan(sparsity) or sparsity < 0 or sparsity > 1:
        raise ValueError("sparsity has to be a fraction")
    catalogue = {}
    answer = copy_chain(model, [], catalogue)
    dropping = per_layer(catalogue, sparsity) if scope == "layer" else global_plan(catalogue, sparsity)
    kept_where = {}
    for key, leaf in catalogue.items():
        drop = dropping[key].reshape(leaf.weight.shape)
        leaf.weight[drop] = leaf.weight.dtype.type(0)
        kept_where[key] = np.where(drop, False, True)
    return answer, kept_where
