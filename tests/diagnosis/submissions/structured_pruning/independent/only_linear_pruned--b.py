"""Removes whole output channels from a network by the norm of their weights."""

import heapq
from fractions import Fraction

import numpy as np

import judge.nn as nn


def filter_norms(wts, norm):
    rows2d = wts.astype(np.float64).reshape(wts.shape[0], -1)
    if norm == 1:
        return np.abs(rows2d).sum(axis=1)
    return np.sqrt((rows2d * rows2d).sum(axis=1))


def removal_count(ratio, full):
    return min(int(Fraction(repr(ratio)) * full), full - 1)


def decide(sizes, cut_n):
    bad_ones = set(heapq.nsmallest(cut_n, range(len(sizes)), key=lambda u: sizes[u]))
    return np.array([u not in bad_ones for u in range(len(sizes))])


def groups_of(seq):
    """Split into [position of weights, positions of what follows up to the next weights]."""
    runs = []
    for p, op in enumerate(seq):
        if isinstance(op, nn.Linear):
            runs.append((p, []))
        elif runs:
            runs[-1][1].append(p)
    return runs


def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1:
        raise ValueError(f"ratio must lie in [0, 1), not {ratio!r}")
    if norm not in (1, 2):
        raise ValueError(f"norm must be 1 or 2, not {norm!r}")
    seq = model.layers
    runs = groups_of(seq)
    changes = {}
    flags_by_name = {}
    for (p, after), reader in zip(runs, [*(duo[0] for duo in runs[1:]), None]):
        w, b = seq[p].weight, seq[p].bias
        height = len(w)
        if reader is None:
            flags_by_name["{}.weight".format(p)] = np.ones(height, dtype=float)
            continue
        good = decide(filter_norms(w, norm), removal_count(ratio, height))
        flags_by_name["{}.weight".format(p)] = good.astype(float)
        if (p, "weight") not in changes:
            changes[p, "weight"] = w
        changes[p, "weight"] = np.compress(good, changes[p, "weight"], axis=0)
        if b is not None:
            changes[p, "bias"] = b[good]
        for j in after:
            op = seq[j]
            if hasattr(op, "running_mean"):
                take_these = np.repeat(good, len(op.weight) // height)
                changes[j, "weight"] = op.weight[take_these]
                changes[j, "bias"] = op.bias[take_these]
                changes[j, "running_mean"] = op.running_mean[take_these]
                changes[j, "running_var"] = op.running_var[take_these]
        target = seq[reader].weight
        changes[reader, "weight"] = target[:, np.repeat(good, target.shape[1] // height)]

    net = model.copy()
    for (j, name), value in changes.items():
        setattr(net.layers[j], name, value)
    return net, flags_by_name
