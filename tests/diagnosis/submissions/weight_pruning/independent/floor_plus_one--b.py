"""Return a sparse copy of a network together with its masks."""

import copy
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear, Residual


def iter_prunable(top, prefix=""):
    hits = []
    for slot, layer in enumerate(top.layers):
        name = f"{prefix}{slot}"
        if isinstance(layer, Residual):
            hits += iter_prunable(layer.body, name + ".body.")
            if layer.shortcut is not None:
                hits += iter_prunable(layer.shortcut, name + ".shortcut.")
        elif isinstance(layer, Conv2d) or isinstance(layer, Linear):
            hits.append((name, layer))
    return hits


def exact_count(p, amounts):
    whole = int(Decimal(repr(p)) * amounts // 1)
    return whole + 1 if whole < amounts else amounts


def validate(sparsity, scope):
    problems = []
    if not (sparsity >= 0 and sparsity <= 1):
        problems.append("sparsity")
    if ("layer", "global").count(scope) == 0:
        problems.append("scope")
    if problems:
        raise ValueError("bad " + " and ".join(problems))


def weakest(values, k):
    # Non-negative floats sort like their bit patterns.
    bits = np.ascontiguousarray(values).view(f"u{values.dtype.itemsize}")
    selection = np.zeros(bits.size, dtype=bool)
    np.put(selection, np.argsort(bits, kind="stable")[:k], True)
    return selection


def per_layer(stack_of, sparsity):
    record = {}
    for where_it_is, item in stack_of.items():
        w = item.weight
        leaving = weakest(np.fabs(w).flatten(), exact_count(sparsity, w.size))
        record[where_it_is] = np.invert(leaving).reshape(w.shape)
    return record


def jointly(stack_of, sparsity):
    combined = np.hstack([np.fabs(item.weight).flatten() for item in stack_of.values()])
    mask_array = np.invert(weakest(combined, exact_count(sparsity, combined.size)))
    record, pos_ = {}, 0
    for where_it_is, item in stack_of.items():
        until = pos_ + item.weight.size
        record[where_it_is] = mask_array[pos_:until].reshape(item.weight.shape).copy()
        pos_ = until
    return record


def prune_weights(model, sparsity, scope="layer"):
    validate(sparsity, scope)
    outcome = copy.deepcopy(model)
    stack_of = dict(iter_prunable(outcome))
    chosen = jointly(stack_of, sparsity) if scope == "global" else per_layer(stack_of, sparsity)
    final_masks = {}
    for where_it_is, m in chosen.items():
        stack_of[where_it_is].weight[~m] = 0
        final_masks["%s.weight" % where_it_is] = m
    return outcome, final_masks
