"""Unstructured pruning of Linear and Conv2d weights."""

import decimal
from decimal import Decimal

import numpy as np


def ensure_valid(sparsity, scope):
    if scope not in ("layer", "global"):
        raise ValueError(f"unknown scope: {scope!r}")
    if not 0.0 <= sparsity <= 1.0:
        raise ValueError(f"sparsity out of range: {sparsity!r}")


def iter_prunable(item, path=()):
    kids = item.named_children()
    if kids is None:
        weight = getattr(item, "weight", None)
        if weight is not None and weight.ndim in (2, 4):
            yield ".".join(path), item
        return
    for key, child in kids:
        yield from iter_prunable(child, (*path, key))


def pruned_count(share, total):
    precise = Decimal(repr(share)) * total
    return int(precise.to_integral_value(rounding=decimal.ROUND_CEILING))


def mark_small(v_abs, k):
    ranked = np.sort(v_abs)
    tau = ranked[min(k, ranked.size - 1)]
    return v_abs <= tau


def prune_weights(model, sparsity, scope="layer"):
    ensure_valid(sparsity, scope)
    duplicate = model.copy()
    prunables = list(iter_prunable(duplicate))
    partitions = zip(prunables) if scope == "layer" else (prunables,)
    record = {}
    for members in partitions:
        sizes = [module.weight.size for _, module in members]
        sizes_of_all = np.concatenate([np.abs(module.weight).reshape(-1) for _, module in members])
        gone = mark_small(sizes_of_all, pruned_count(sparsity, sizes_of_all.size))
        slices = np.split(gone, np.cumsum(sizes)[:-1])
        for (where_it_is, module), section in zip(members, slices):
            kept_here = ~section.reshape(module.weight.shape)
            module.weight[~kept_here] = 0
            record[f"{where_it_is}.weight"] = kept_here
    return duplicate, record
