"""Takes the channels of smallest L1 or L2 norm out of every layer but the output."""

import copy
import math
from fractions import Fraction

import numpy as np

import judge.nn as nn


def chop(chain):
    """Split into [position of weights, positions of what follows up to the next weights]."""
    runs = []
    for i, module in enumerate(chain):
        if isinstance(module, (nn.Linear, nn.Conv2d)):
            runs.append((i, []))
        elif runs:
            runs[-1][1].append(i)
    return runs


def prune_structured(model, ratio, norm=1):
    ok = math.isfinite(ratio) and 0 <= ratio < 1 and norm in (1, 2)
    if not ok:
        raise ValueError("prune_structured(model, ratio in [0, 1), norm 1 or 2)")
    chain = model.layers
    runs = chop(chain)
    patch = {}
    out_masks = {}
    for (i, rest_of), nxt in zip(runs, [*(duo[0] for duo in runs[1:]), None]):
        matrix, shift = chain[i].weight, chain[i].bias
        rows = len(matrix)
        if nxt is None:
            out_masks[f"{len(out_masks)}.weight"] = np.ones(rows, dtype=bool)
            continue
        keep = pick(measure(matrix, norm), how_many(ratio, rows))
        out_masks[f"{len(out_masks)}.weight"] = keep
        if (i, "weight") not in patch:
            patch[i, "weight"] = matrix
        patch[i, "weight"] = np.compress(keep, patch[i, "weight"], axis=0)
        if shift is not None:
            patch[i, "bias"] = shift[keep]
        for j in rest_of:
            module = chain[j]
            if isinstance(module, nn.BatchNorm1d) or isinstance(module, nn.BatchNorm2d):
                cols = np.repeat(keep, len(module.weight) // rows)
                patch.update(((j, field), z[cols]) for field, z in vars(module).items() if field != "eps")
        consumer_w = chain[nxt].weight
        patch[nxt, "weight"] = consumer_w[:, np.repeat(keep, consumer_w.shape[1] // rows)]

    clone = nn.Sequential(copy.copy(module) for module in chain)
    for j, field in patch:
        vars(clone[j])[field] = patch[j, field]
    return clone, out_masks


def how_many(ratio, full):
    return min(int(Fraction(repr(ratio)) * full), full - 1)


def measure(array_in, norm):
    other_axes = tuple(range(1, array_in.ndim))
    powered = np.abs(array_in.astype("float64")) ** norm
    return powered.sum(axis=other_axes) ** (1 / norm)


def pick(strength, cut_n):
    """True where a channel is among the strongest."""
    place_of = np.empty(len(strength), dtype=int)
    place_of[np.argsort(strength, kind="stable")] = np.arange(len(strength))
    return place_of >= cut_n
