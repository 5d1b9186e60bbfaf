"""Weights of least magnitude are zeroed; returns the new network and its masks."""

from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear


def flat_abs(w):
    return np.abs(w.astype(np.float64)).reshape(-1)


def mark_small(scores, k):
    plain = np.ascontiguousarray(scores, dtype=np.float64) + 0.0
    order = np.argsort(plain.view(np.uint64), kind="stable")
    result = np.zeros(order.size, bool)
    result[order[:k]] = True
    return result


def number_to_drop(sparsity, n):
    part, _ = divmod(Fraction(repr(float(sparsity))) * n, 1)
    return int(part)


def prune_weights(model, sparsity, scope="layer"):
    try:
        assert_fraction = Fraction(repr(float(sparsity)))
    except ValueError:
        raise ValueError("sparsity is no finite number") from None
    if assert_fraction < 0 or assert_fraction > 1:
        raise ValueError("sparsity is no fraction of one")
    if scope not in {"global", "layer"}:
        raise ValueError("no such scope: " + repr(scope))
    clone = model.copy()
    leaves = {name + ".weight": leaf for name, leaf in clone.named_modules() if isinstance(leaf, (Linear, Conv2d))}
    pieces = list(map(lambda leaf: flat_abs(leaf.weight), leaves.values()))
    local = scope == "layer"
    if local:
        cuts = list(map(lambda flat: mark_small(flat, number_to_drop(sparsity, len(flat))), pieces))
    else:
        pool = np.concatenate([flat / flat.max() if flat.any() else flat for flat in pieces])
        remaining = mark_small(pool, number_to_drop(sparsity, pool.size))
        cuts = []
        for flat in pieces:
            head, remaining = remaining[: len(flat)], remaining[len(flat) :]
            cuts.append(head)
    survivors = {}
    for (key, leaf), kill in zip(leaves.items(), cuts):
        shape = leaf.weight.shape
        sparse = leaf.weight.copy()
        sparse[kill.reshape(shape)] = 0
        leaf.weight, survivors[key] = sparse, ~kill.reshape(shape)
    return clone, survivors
