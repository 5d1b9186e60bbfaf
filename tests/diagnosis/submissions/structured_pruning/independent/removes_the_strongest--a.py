"""Shrinks linear and convolutional layers by whole channels."""

import copy
import math
from decimal import Decimal, ROUND_CEILING

import numpy as np

import judge.nn as nn


def survivors(scores, drop_n):
    ranking = np.argsort(scores, kind="stable")[::-1]
    true_where = np.ones(len(ranking), dtype=bool)
    true_where[ranking[:drop_n]] = False
    return true_where


def row_norms(tensor, norm):
    flat = np.abs(np.ascontiguousarray(tensor, dtype=np.float64)).ravel()
    starts = np.arange(0, flat.size, flat.size // len(tensor))
    return np.add.reduceat(flat if norm == 1 else np.square(flat), starts)


def number_removed(ratio, how_wide):
    amount = (Decimal(repr(ratio)) * how_wide).to_integral_value(rounding=ROUND_CEILING)
    return int(min(amount, how_wide - 1))


def sections(parts_list):
    """Split into [position of weights, positions of what follows up to the next weights]."""
    runs = []
    for pos, lay in enumerate(parts_list):
        if isinstance(lay, (nn.Linear, nn.Conv2d)):
            runs.append((pos, []))
        elif runs:
            runs[-1][1].append(pos)
    return runs


def prune_structured(model, ratio, norm=1):
    fine = math.isfinite(ratio) and 0 <= ratio < 1 and norm in (1, 2)
    if not fine:
        raise ValueError("prune_structured(model, ratio in [0, 1), norm 1 or 2)")
    parts_list = model.layers
    runs = sections(parts_list)
    edits = {}
    masks = {}
    for (pos, tail), consumer in zip(runs, [*(duo[0] for duo in runs[1:]), None]):
        kernel, b = parts_list[pos].weight, parts_list[pos].bias
        n_out = len(kernel)
        if consumer is None:
            masks["%d.weight" % pos] = np.ones(n_out, dtype=float)
            continue
        retained = survivors(row_norms(kernel, norm), number_removed(ratio, n_out))
        masks["%d.weight" % pos] = retained.astype(float)
        edits[pos, "weight"] = edits.get((pos, "weight"), kernel)[retained]
        if b is not None:
            edits[pos, "bias"] = b[retained]
        for q in tail:
            lay = parts_list[q]
            if isinstance(lay, (nn.BatchNorm1d, nn.BatchNorm2d)):
                picks = np.repeat(retained, len(lay.weight) // n_out)
                for attr in ("weight", "bias", "running_mean", "running_var"):
                    edits[q, attr] = getattr(lay, attr)[picks]
        reading = parts_list[consumer].weight
        edits[consumer, "weight"] = reading[:, np.repeat(retained, reading.shape[1] // n_out)]

    net = nn.Sequential(copy.copy(lay) for lay in parts_list)
    for q, attr in edits:
        vars(net[q])[attr] = edits[q, attr]
    return net, masks
