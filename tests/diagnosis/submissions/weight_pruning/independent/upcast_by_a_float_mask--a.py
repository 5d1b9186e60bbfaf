"""Thin out a trained network by the size of its weights."""

from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear


def amount(sparsity, n):
    ratio = Fraction(repr(float(sparsity)))
    return -(-ratio.numerator * n // ratio.denominator)


def strength(w):
    return np.abs(w).ravel()


def cut_positions(scores, k):
    by_size = scores.argsort(kind="mergesort")
    rank = np.empty(by_size.shape, dtype=np.int64)
    rank[by_size] = np.arange(rank.size)
    return rank < k


def prune_weights(model, sparsity, scope="layer"):
    try:
        assert_fraction = Fraction(repr(float(sparsity)))
    except ValueError:
        raise ValueError("sparsity is no finite number") from None
    if assert_fraction < 0 or assert_fraction > 1:
        raise ValueError("sparsity is no fraction of one")
    known = ["layer", "global"]
    if known.count(scope) == 0:
        raise ValueError(f"scope must be one of {known}")
    new_model = model.copy()
    sites = {name + ".weight": unit_layer for name, unit_layer in new_model.named_modules() if isinstance(unit_layer, (Linear, Conv2d))}
    flats = [strength(unit_layer.weight) for unit_layer in sites.values()]
    local = scope == "layer"
    if local:
        drops = []
        for flat in flats:
            k = amount(sparsity, flat.size)
            drops.append(cut_positions(flat, k))
    else:
        pool = np.concatenate(flats)
        remaining = cut_positions(pool, amount(sparsity, pool.size))
        drops = []
        for flat in flats:
            head, remaining = remaining[: len(flat)], remaining[len(flat) :]
            drops.append(head)
    mask_by_name = {}
    for (key, unit_layer), kill in zip(sites.items(), drops):
        stay = np.logical_not(kill).reshape(unit_layer.weight.shape)
        unit_layer.weight = unit_layer.weight * stay.astype(float)
        mask_by_name[key] = stay
    return new_model, mask_by_name
