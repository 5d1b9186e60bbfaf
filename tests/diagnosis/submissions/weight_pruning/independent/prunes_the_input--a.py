"""Unstructured pruning: the least weights go, masks tell which."""

from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear, Sequential


def cut_positions(scores, k):
    if k == 0:
        return np.zeros(scores.shape, bool)
    level = np.partition(scores, k - 1)[k - 1]
    below = scores < level
    equal = scores == level
    spare = k - np.count_nonzero(below)
    return below | (equal & (np.cumsum(equal) <= spare))


def target_count(sparsity, n):
    part, _ = divmod(Fraction(repr(float(sparsity))) * n, 1)
    return int(part)


def strength(w):
    return np.fabs(w, dtype=np.float64).flatten()


def prune_weights(model, sparsity, scope="layer"):
    try:
        assert_fraction = Fraction(repr(float(sparsity)))
    except ValueError:
        raise ValueError("sparsity is no finite number") from None
    if assert_fraction < 0 or assert_fraction > 1:
        raise ValueError("sparsity is no fraction of one")
    if scope not in {"global", "layer"}:
        raise ValueError("no such scope: " + repr(scope))
    network = Sequential(list(model.layers))
    prunable = {}
    for name, leaf in network.named_modules():
        if isinstance(leaf, Linear) or isinstance(leaf, Conv2d):
            prunable[f"{name}.weight"] = leaf
    rows_of_scores = []
    for leaf in prunable.values():
        rows_of_scores.append(strength(leaf.weight))
    if scope == "layer":
        cuts = []
        for flat in rows_of_scores:
            k = target_count(sparsity, flat.size)
            cuts.append(cut_positions(flat, k))
    else:
        pool = np.concatenate(rows_of_scores)
        remaining = cut_positions(pool, target_count(sparsity, pool.size))
        cuts = []
        for flat in rows_of_scores:
            head, remaining = remaining[: len(flat)], remaining[len(flat) :]
            cuts.append(head)
    masks = {}
    for (key, leaf), out_mask in zip(prunable.items(), cuts):
        line = leaf.weight.flatten()
        line[np.flatnonzero(out_mask)] = 0.0
        masks[key] = np.logical_not(out_mask).reshape(leaf.weight.shape)
        leaf.weight = line.reshape(masks[key].shape)
    return network, masks
