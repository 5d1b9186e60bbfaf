"""Thin out a trained network by the size of its weights."""

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


def unfold(seq, path, catalogue):
    """Copy a container, noting each prunable layer of the copy under its name."""
    fresh = []
    for place, layer in enumerate(seq):
        here = [*path, f"{place}"]
        other = fresh_layer(layer)
        if isinstance(layer, Residual):
            other.body = unfold(layer.body, here + ["body"], catalogue)
            if layer.shortcut is not None:
                other.shortcut = unfold(layer.shortcut, here + ["shortcut"], catalogue)
        elif isinstance(layer, Linear) or isinstance(layer, Conv2d):
            catalogue[".".join(here + ["weight"])] = other
        fresh.append(other)
    return Sequential(fresh)


def guard(sparsity, scope):
    known = ["layer", "global"]
    if known.count(scope) == 0:
        raise ValueError(f"scope must be one of {known}")
    if not 0 <= sparsity <= 1:
        raise ValueError(f"sparsity {sparsity!r} is outside [0, 1]")


def quota_of(sparsity, n):
    if sparsity >= 1:
        return int(sparsity)
    return math.floor(Fraction(repr(float(sparsity))) * n)


def choose_least(scores, k):
    total = scores.size
    if k <= 0 or k >= total:
        return np.full(total, k > 0)
    out = np.zeros(total, bool)
    out[np.argpartition(scores, k)[:k]] = True
    return out


def flat_abs(w):
    return np.abs(w).ravel()


def plan_each(catalogue, sparsity):
    plan = {}
    for key, lay in catalogue.items():
        size_list = flat_abs(lay.weight)
        plan[key] = choose_least(size_list, quota_of(sparsity, size_list.size))
    return plan


def plan_jointly(catalogue, sparsity):
    all_abs = np.concatenate([flat_abs(lay.weight) for lay in catalogue.values()])
    falls = iter(choose_least(all_abs, quota_of(sparsity, all_abs.size)).tolist())
    return {key: np.array(list(itertools.islice(falls, lay.weight.size)), bool) for key, lay in catalogue.items()}


def prune_weights(model, sparsity, scope="layer"):
    guard(sparsity, scope)
    catalogue = {}
    ready = unfold(model, [], catalogue)
    plan = plan_each(catalogue, sparsity) if scope == "layer" else plan_jointly(catalogue, sparsity)
    masks = {}
    for key, lay in catalogue.items():
        masks[key] = ~plan[key].reshape(lay.weight.shape)
        lay.weight = np.where(masks[key], lay.weight, np.zeros_like(lay.weight))
    return ready, masks
