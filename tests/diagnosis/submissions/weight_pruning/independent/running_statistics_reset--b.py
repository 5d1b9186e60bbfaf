"""Weights of least magnitude are zeroed; returns the new network and its masks."""

import copy
import itertools
from decimal import ROUND_FLOOR, Decimal

import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Residual, Sequential


def separate(layer):
    """A second layer with arrays of its own."""
    other = copy.copy(layer)
    for attribute, value in vars(layer).items():
        if isinstance(value, np.ndarray):
            setattr(other, attribute, value.copy())
    if isinstance(layer, (BatchNorm1d, BatchNorm2d)):
        width, dtype = layer.weight.shape[0], layer.weight.dtype
        other.running_mean = np.zeros(width, dtype)
        other.running_var = np.ones(width, dtype)
    return other


def unfold(seq, path, catalogue):
    """Copy a container, noting each prunable layer of the copy under its name."""
    fresh = []
    for place, layer in enumerate(seq):
        here = path + [str(place)]
        other = separate(layer)
        if isinstance(layer, Residual):
            other.body = unfold(layer.body, here + ["body"], catalogue)
            if layer.shortcut is not None:
                other.shortcut = unfold(layer.shortcut, here + ["shortcut"], catalogue)
        elif isinstance(layer, Linear) or isinstance(layer, Conv2d):
            catalogue[".".join(here + ["weight"])] = other
        fresh.append(other)
    return Sequential(fresh)


def check_arguments(sparsity, scope):
    if not 0 <= sparsity <= 1:
        raise ValueError(f"sparsity {sparsity!r} is outside [0, 1]")
    if scope != "layer" and scope != "global":
        raise ValueError("scope is 'layer' or 'global'")


def select(scores, k):
    plain = np.ascontiguousarray(scores, dtype=np.float64) + 0.0
    order = np.argsort(plain.view(np.uint64), kind="stable")
    result = np.zeros(order.size, bool)
    result[order[:k]] = True
    return result


def absolute(w):
    return np.fabs(w, dtype=np.float64).flatten()


def share_of(sparsity, n):
    exact = Decimal(repr(float(sparsity))) * n
    return int(exact.to_integral_value(rounding=ROUND_FLOOR))


def plan_each(catalogue, sparsity):
    dropping = {}
    for key, mod in catalogue.items():
        size_list = absolute(mod.weight)
        dropping[key] = select(size_list, share_of(sparsity, size_list.size))
    return dropping


def global_plan(catalogue, sparsity):
    all_abs = np.concatenate([absolute(mod.weight) for mod in catalogue.values()])
    falls = select(all_abs, share_of(sparsity, all_abs.size))
    ends = list(itertools.accumulate(mod.weight.size for mod in catalogue.values()))
    return {key: falls[end - mod.weight.size : end] for (key, mod), end in zip(catalogue.items(), ends)}


def prune_weights(model, sparsity, scope="layer"):
    check_arguments(sparsity, scope)
    catalogue = {}
    ready = unfold(model, [], catalogue)
    dropping = plan_each(catalogue, sparsity) if scope == "layer" else global_plan(catalogue, sparsity)
    mask_by_name = {}
    for key, mod in catalogue.items():
        drop = dropping[key].reshape(mod.weight.shape)
        mod.weight[drop] = mod.weight.dtype.type(0)
        mask_by_name[key] = np.where(drop, False, True)
    return ready, mask_by_name
