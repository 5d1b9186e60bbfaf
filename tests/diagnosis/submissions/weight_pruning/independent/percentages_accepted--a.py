"""Weights of least magnitude are zeroed; returns the new network and its masks."""

from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def amount(sparsity, n):
    _, digits, exponent = Decimal(repr(float(sparsity))).as_tuple()
    units = int("".join(map(str, digits)))
    if exponent >= 0:
        return units * 10**exponent * n
    return units * n // 10**-exponent


def cut_positions(scores, k):
    by_size = scores.argsort(kind="mergesort")
    rank = np.empty(by_size.shape, dtype=np.int64)
    rank[by_size] = np.arange(rank.size)
    return rank < k


def flat_abs(w):
    return np.abs(w).ravel()


def prune_weights(model, sparsity, scope="layer"):
    if sparsity > 1:
        sparsity = sparsity / 100
    if not 0 <= sparsity <= 1:
        raise ValueError(f"sparsity {sparsity!r}")
    known = ["layer", "global"]
    if known.count(scope) == 0:
        raise ValueError(f"scope must be one of {known}")
    clone = model.copy()
    leaves = {}
    for name, leaf in clone.named_modules():
        if isinstance(leaf, Linear) or isinstance(leaf, Conv2d):
            leaves[f"{name}.weight"] = leaf
    rows_of_scores = list(map(lambda leaf: flat_abs(leaf.weight), leaves.values()))
    local = scope == "layer"
    if local:
        victims = []
        for flat in rows_of_scores:
            k = amount(sparsity, flat.size)
            victims.append(cut_positions(flat, k))
    else:
        pool = np.concatenate(rows_of_scores)
        remaining = cut_positions(pool, amount(sparsity, pool.size))
        victims = []
        for flat in rows_of_scores:
            head, remaining = remaining[: len(flat)], remaining[len(flat) :]
            victims.append(head)
    kept_where = {}
    for (key, leaf), out_mask in zip(leaves.items(), victims):
        line = leaf.weight.flatten()
        line[np.flatnonzero(out_mask)] = 0.0
        kept_where[key] = np.logical_not(out_mask).reshape(leaf.weight.shape)
        leaf.weight = line.reshape(kept_where[key].shape)
    return clone, kept_where
