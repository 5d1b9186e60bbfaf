"""Magnitude pruning, by layer or over the whole network."""

import copy
import math
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def weakest(v_abs, k):
    # Non-negative floats sort like their bit patterns.
    bits = np.ascontiguousarray(v_abs).view(f"u{v_abs.dtype.itemsize}")
    chosen = np.zeros(bits.size, dtype=bool)
    np.put(chosen, np.argsort(bits, kind="stable")[:k], True)
    return chosen


def targets_of(net):
    for title, layer in net.named_modules():
        if isinstance(layer, (Linear, Conv2d)) and layer.bias is not None:
            yield title, layer


class PruningError(ValueError):
    """An argument that makes no sense."""


def guard(amount, kind):
    if math.isnan(amount):
        raise PruningError("sparsity is NaN")
    if amount < 0 or 1 < amount:
        raise PruningError("sparsity must be between 0 and 1")
    if kind not in ["layer", "global"]:
        raise PruningError("no such scope: " + str(kind))


def quota(p, n):
    """Number of zeros among n, in exact decimal arithmetic."""
    return int(Decimal(repr(p)) * n // 1)


def separate(stack_of, sparsity):
    mask_of = {}
    for label, layer in stack_of.items():
        w = layer.weight
        falls = weakest(np.abs(w).flatten(), quota(sparsity, w.size))
        mask_of[label] = np.invert(falls).reshape(w.shape)
    return mask_of


def jointly(stack_of, sparsity):
    combined = np.concatenate([np.abs(layer.weight).flatten() for layer in stack_of.values()] or [np.zeros(0)])
    stays_here = np.invert(weakest(combined, quota(sparsity, combined.size)))
    mask_of, pos_ = {}, 0
    for label, layer in stack_of.items():
        stop_at = pos_ + layer.weight.size
        mask_of[label] = stays_here[pos_:stop_at].reshape(layer.weight.shape).copy()
        pos_ = stop_at
    return mask_of


def prune_weights(model, sparsity, scope="layer"):
    guard(sparsity, scope)
    duplicate = copy.deepcopy(model)
    stack_of = dict(targets_of(duplicate))
    selection = jointly(stack_of, sparsity) if scope == "global" else separate(stack_of, sparsity)
    named = {}
    for label, stay_mask in selection.items():
        stack_of[label].weight[~stay_mask] = 0
        named[".".join((label, "weight"))] = stay_mask
    return duplicate, named
