"""Drops a share of each hidden layer, smallest norm first."""

from fractions import Fraction

import numpy as np

import judge.nn as nn


def ensure(condition, message):
    if not condition:
        raise ValueError(message)


def row_norms(array_in, norm):
    others = tuple(range(1, array_in.ndim))
    powers = np.abs(array_in.astype("float64")) ** norm
    return powers.sum(axis=others) ** (1 / norm)


def number_removed(ratio, full):
    top, bottom = Fraction(repr(ratio)).as_integer_ratio()
    removed_n = top * full // bottom
    return min(full - 1, removed_n)


def selection(sizes, removed_n):
    stays_on = np.ones(len(sizes), dtype=bool)
    stays_on[np.argsort(sizes, kind="stable")[:removed_n]] = False
    return stays_on


def groups_of(seq):
    """Split into [position of weights, positions of what follows up to the next weights]."""
    grouped = []
    for i, lay in enumerate(seq):
        if isinstance(lay, (nn.Linear, nn.Conv2d)):
            grouped.append((i, []))
        elif grouped:
            grouped[-1][1].append(i)
    return grouped


def prune_structured(model, ratio, norm=1):
    ensure(norm in [1, 2], "only the norms 1 and 2 are known")
    ensure(0.0 <= ratio < 1.0, "ratio must be at least 0 and below 1")
    seq = model.layers
    grouped = groups_of(seq)
    patch = {}
    kept_masks = {}
    for (i, behind), reader in zip(grouped, [*(tup[0] for tup in grouped[1:]), None]):
        w, b = seq[i].weight, seq[i].bias
        rows = len(w)
        if reader is None:
            kept_masks["{}.weight".format(i)] = np.ones(rows, dtype=float)
            continue
        removed_n = number_removed(ratio, rows)
        while removed_n > 0 and rows - removed_n < 2:
            removed_n -= 1
        keep = selection(row_norms(w, norm), removed_n)
        kept_masks["{}.weight".format(i)] = keep.astype(float)
        patch[i, "weight"] = patch.get((i, "weight"), w)[keep]
        if b is not None:
            patch[i, "bias"] = b[keep]
        for j in behind:
            lay = seq[j]
            if isinstance(lay, nn.BatchNorm1d) or isinstance(lay, nn.BatchNorm2d):
                take_these = np.repeat(keep, len(lay.weight) // rows)
                for name in ("weight", "bias", "running_mean", "running_var"):
                    patch[j, name] = getattr(lay, name)[take_these]
        target = seq[reader].weight
        patch[reader, "weight"] = target[:, np.repeat(keep, target.shape[1] // rows)]

    result = model.copy()
    for (j, name), value in patch.items():
        setattr(result.layers[j], name, value)
    return result, kept_masks
