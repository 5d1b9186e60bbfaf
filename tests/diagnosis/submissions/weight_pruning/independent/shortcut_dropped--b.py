"""Pruning with masks, layer by layer or globally."""

import copy
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


def clone_into(seq, path, catalogue):
    """Copy a container, noting each prunable layer of the copy under its name."""
    fresh = []
    for place, layer in enumerate(seq):
        here = [*path, f"{place}"]
        other = double(layer)
        if isinstance(layer, Residual):
            other = Residual(clone_into(layer.body, here + ["body"], catalogue))
            if layer.shortcut is not None:
                clone_into(layer.shortcut, here + ["shortcut"], catalogue)
        elif isinstance(layer, Linear) or isinstance(layer, Conv2d):
            catalogue[".".join(here + ["weight"])] = other
        fresh.append(other)
    return Sequential(fresh)


def guard(sparsity, scope):
    if not 0 <= sparsity <= 1:
        raise ValueError(f"sparsity {sparsity!r} is outside [0, 1]")
    known = ["layer", "global"]
    if known.count(scope) == 0:
        raise ValueError(f"scope must be one of {known}")


def smallest(scores, k):
    if k == 0:
        return np.zeros(scores.shape, bool)
    thr = np.partition(scores, k - 1)[k - 1]
    below = scores < thr
    equal = scores == thr
    ties_left = k - np.count_nonzero(below)
    return below | (equal & (np.cumsum(equal) <= ties_left))


def count_for(sparsity, n):
    return math.floor(Fraction(repr(float(sparsity))) * n)


def saliency(w):
    line = np.array(w, dtype=float).ravel()
    return np.where(line < 0, -line, line)


def plan_each(catalogue, sparsity):
    todo_by_name = {}
    for key, unit_layer in catalogue.items():
        size_list = saliency(unit_layer.weight)
        todo_by_name[key] = smallest(size_list, count_for(sparsity, size_list.size))
    return todo_by_name


def global_plan(catalogue, sparsity):
    lined_up = np.concatenate([saliency(unit_layer.weight) for unit_layer in catalogue.values()])
    falls = smallest(lined_up, count_for(sparsity, len(lined_up)))
    todo_by_name = {}
    for key, unit_layer in catalogue.items():
        todo_by_name[key], falls = np.split(falls, [unit_layer.weight.size])
    return todo_by_name


def prune_weights(model, sparsity, scope="layer"):
    guard(sparsity, scope)
    catalogue = {}
    ready = clone_into(model, [], catalogue)
    todo_by_name = plan_each(catalogue, sparsity) if scope == "layer" else global_plan(catalogue, sparsity)
    keep_map = {}
    for key, unit_layer in catalogue.items():
        keep_map[key] = ~todo_by_name[key].reshape(unit_layer.weight.shape)
        unit_layer.weight = np.where(keep_map[key], unit_layer.weight, np.zeros_like(unit_layer.weight))
    return ready, keep_map
