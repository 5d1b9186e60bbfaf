"""Cuts the weakest filters out of a Sequential and whatever depends on them."""

import copy
from fractions import Fraction

import numpy as np

import judge.nn as nn


def groups_of(seq):
    """Split into [position of weights, positions of what follows up to the next weights]."""
    spots = [pos for pos, block in enumerate(seq) if isinstance(block, (nn.Linear, nn.Conv2d))]
    final = spots[1:] + [len(seq)]
    return [(pos, list(range(pos + 1, q))) for pos, q in zip(spots, final)]


def prune_structured(model, ratio, norm=1):
    require(norm in [1, 2], "only the norms 1 and 2 are known")
    require(0.0 <= ratio < 1.0, "ratio must be at least 0 and below 1")
    seq = model.layers
    runs = groups_of(seq)
    updates = {}
    kept_masks = {}
    for (pos, rest_of), consumer in zip(runs, [*(part[0] for part in runs[1:]), None]):
        arr, shift = seq[pos].weight, seq[pos].bias
        rows = len(arr)
        if consumer is None or not isinstance(seq[pos], nn.Conv2d):
            kept_masks["{}.weight".format(pos)] = np.ones(rows, dtype=float)
            continue
        good = select(strengths(arr, norm), to_remove(ratio, rows))
        kept_masks["{}.weight".format(pos)] = good.astype(float)
        if (pos, "weight") not in updates:
            updates[pos, "weight"] = arr
        updates[pos, "weight"] = np.compress(good, updates[pos, "weight"], axis=0)
        if shift is not None:
            updates[pos, "bias"] = shift[good]
        for q in rest_of:
            block = seq[q]
            if isinstance(block, (nn.BatchNorm1d, nn.BatchNorm2d)):
                picks = np.repeat(good, len(block.weight) // rows)
                updates[q, "weight"] = block.weight[picks]
                updates[q, "bias"] = block.bias[picks]
                updates[q, "running_mean"] = block.running_mean[picks]
                updates[q, "running_var"] = block.running_var[picks]
        reading = seq[consumer].weight
        updates[consumer, "weight"] = reading[:, np.repeat(good, reading.shape[1] // rows)]

    pruned = nn.Sequential(copy.copy(block) for block in seq)
    for q, name in updates:
        vars(pruned[q])[name] = updates[q, name]
    return pruned, kept_masks


def require(good_enough, complaint):
    if not good_enough:
        raise ValueError(complaint)


def strengths(tensor, norm):
    entries = np.abs(np.ascontiguousarray(tensor, dtype=np.float64)).ravel()
    edges = np.arange(0, entries.size, entries.size // len(tensor))
    return np.add.reduceat(entries if norm == 1 else np.square(entries), edges)


def to_remove(ratio, n):
    return min(int(Fraction(repr(ratio)) * n), n - 1)


def select(sizes, cut_n):
    true_where = np.full(len(sizes), True)
    if cut_n:
        true_where[np.argpartition(sizes, cut_n - 1)[:cut_n]] = False
    return true_where
