"""Cuts the weakest filters out of a Sequential and whatever depends on them."""

import copy
from decimal import Decimal

import numpy as np

import judge.nn as nn


def chop(chain):
    """Split into [position of weights, positions of what follows up to the next weights]."""
    runs = []
    for index, block in enumerate(chain):
        if isinstance(block, (nn.Linear, nn.Conv2d)):
            runs.append((index, []))
        elif runs:
            runs[-1][1].append(index)
    return runs


def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1:
        raise ValueError(f"ratio must lie in [0, 1), not {ratio!r}")
    if norm not in (1, 2):
        raise ValueError(f"norm must be 1 or 2, not {norm!r}")
    chain = model.layers
    runs = chop(chain)
    updates = {}
    out_masks = {}
    for (index, rest_of), reader in zip(runs, [*(tup[0] for tup in runs[1:]), None]):
        w, b = chain[index].weight, chain[index].bias
        out = len(w)
        if reader is None:
            out_masks["%d.weight" % index] = np.ones(out, dtype=float)
            continue
        own = rank_and_cut(magnitudes(w, norm), removal_count(ratio, out))
        out_masks["%d.weight" % index] = own.astype(float)
        if (index, "weight") not in updates:
            updates[index, "weight"] = w
        updates[index, "weight"] = np.compress(own, updates[index, "weight"], axis=0)
        if b is not None:
            updates[index, "bias"] = b[own]
        for follower in rest_of:
            block = chain[follower]
            if isinstance(block, nn.BatchNorm1d) or isinstance(block, nn.BatchNorm2d):
                inner = np.repeat(own, len(block.weight) // out)
                updates.update(((follower, attr), e[inner]) for attr, e in vars(block).items() if attr != "eps")
        reading = chain[reader].weight
        updates[reader, "weight"] = reading[:, own[np.arange(reading.shape[1]) // (reading.shape[1] // out)]]

    pruned = nn.Sequential(copy.copy(block) for block in chain)
    for follower, attr in updates:
        vars(pruned[follower])[attr] = updates[follower, attr]
    return pruned, out_masks


def magnitudes(a, norm):
    return np.linalg.norm(np.asarray(a, dtype=float).reshape(len(a), -1), ord=norm, axis=1)


def rank_and_cut(sizes, drop_n):
    return np.isin(np.arange(len(sizes)), np.argsort(sizes)[drop_n:])


def removal_count(ratio, n):
    if n < 8:
        return 0
    return min(int(Decimal(repr(ratio)) * n), n - 1)
