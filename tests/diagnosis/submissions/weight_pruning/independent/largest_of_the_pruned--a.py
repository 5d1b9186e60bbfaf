"""Zero out the smallest weights of a network."""

from decimal import Decimal

import numpy as np


def pruned_count(fraction, amounts):
    top, bottom = Decimal(repr(fraction)).as_integer_ratio()
    return top * amounts // bottom


def _check(fraction, where):
    clipped = min(max(fraction, 0.0), 1.0)
    if clipped != fraction:  # a NaN differs from everything
        raise ValueError(f"{fraction} is no fraction")
    if where not in {"global", "layer"}:
        raise ValueError(where)


def iter_prunable(root_net):
    leaves = root_net.named_modules()
    return [(name, leaf_layer) for name, leaf_layer in leaves if hasattr(leaf_layer, "weight") and not hasattr(leaf_layer, "running_mean")]


def mark_small(v_abs, k):
    sequence = v_abs.argsort(kind="stable")
    top = v_abs[sequence[:k]].max()
    removed_flags = v_abs < top
    equals = np.flatnonzero(v_abs == top)
    removed_flags[equals[: k - removed_flags.sum()]] = True
    return removed_flags


def prune_weights(model, sparsity, scope="layer"):
    _check(sparsity, scope)
    pruned = model.copy()
    names, owners = zip(*iter_prunable(pruned))
    ends = np.cumsum([node.weight.size for node in owners]).tolist()
    begins = [0] + ends[:-1]
    ribbon = np.concatenate([node.weight.reshape(-1) for node in owners])
    living = np.ones(ribbon.size, dtype=bool)
    ranges = zip([0], ends[-1:]) if scope == "global" else zip(begins, ends)
    for a, b in ranges:
        living[a:b] = ~mark_small(abs(ribbon[a:b]), pruned_count(sparsity, b - a))
    ribbon[~living] = 0
    collected = {}
    for name, node, a, b in zip(names, owners, begins, ends):
        form = node.weight.shape
        node.weight = ribbon[a:b].reshape(form).copy()
        collected[name + ".weight"] = living[a:b].reshape(form).copy()
    return pruned, collected
