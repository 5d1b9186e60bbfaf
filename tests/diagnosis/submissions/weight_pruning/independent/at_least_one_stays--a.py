"""Unstructured pruning of Linear and Conv2d weights."""

import copy
import math
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear, Residual


def number_to_prune(sparsity, n):
    k = math.floor(Fraction(repr(sparsity)) * n)
    return min(k, n - 1)


def targets_of(root_net, prefix=""):
    hits = []
    for position, layer in enumerate(root_net.layers):
        name = f"{prefix}{position}"
        if isinstance(layer, Residual):
            hits += targets_of(layer.body, name + ".body.")
            if layer.shortcut is not None:
                hits += targets_of(layer.shortcut, name + ".shortcut.")
        elif isinstance(layer, Conv2d) or isinstance(layer, Linear):
            hits.append((name, layer))
    return hits


def validate(sparsity, scope):
    bad = not math.isfinite(sparsity) or sparsity < 0 or sparsity > 1
    if bad:
        raise ValueError("the sparsity has to lie in [0, 1]")
    if scope != "layer" and scope != "global":
        raise ValueError("the scope is either layer or global")


def mark_small(vals, k):
    # Non-negative floats sort like their bit patterns.
    bits = np.ascontiguousarray(vals).view(f"u{vals.dtype.itemsize}")
    selection = np.zeros(bits.size, dtype=bool)
    np.put(selection, np.argsort(bits, kind="stable")[:k], True)
    return selection


def separate(stack_of, sparsity):
    book = {}
    for key_name, module in stack_of.items():
        w = module.weight
        cutaway = mark_small(np.abs(w).flatten(), number_to_prune(sparsity, w.size))
        book[key_name] = np.invert(cutaway).reshape(w.shape)
    return book


def jointly(stack_of, sparsity):
    combined = np.hstack([np.abs(module.weight).flatten() for module in stack_of.values()])
    kept_here = np.invert(mark_small(combined, number_to_prune(sparsity, combined.size)))
    book, offset = {}, 0
    for key_name, module in stack_of.items():
        end = offset + module.weight.size
        book[key_name] = kept_here[offset:end].reshape(module.weight.shape).copy()
        offset = end
    return book


def prune_weights(model, sparsity, scope="layer"):
    validate(sparsity, scope)
    pruned = copy.deepcopy(model)
    stack_of = dict(targets_of(pruned))
    decided = jointly(stack_of, sparsity) if scope == "global" else separate(stack_of, sparsity)
    named = {}
    for key_name, mask in decided.items():
        stack_of[key_name].weight[~mask] = 0
        named[".".join((key_name, "weight"))] = mask
    return pruned, named
