"""Returns a slimmer copy of a network together with the masks of what stayed."""

import copy
from decimal import Decimal

import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


def decide(s_, few):
    on = np.ones(len(s_), dtype=bool)
    on[np.argsort(s_, kind="stable")[:few]] = False
    return on


def channels_to_drop(ratio, full):
    amount = round(Decimal(repr(ratio)) * full)
    if amount >= full:
        amount = full - 1
    return amount


def importance(wts, norm):
    rows2d = wts.astype(np.float64).reshape(wts.shape[0], -1)
    if norm == 1:
        return np.abs(rows2d).sum(axis=1)
    return np.sqrt((rows2d * rows2d).sum(axis=1))


def spread(alive, extent):
    """One flag per channel, repeated for every feature of the channel."""
    return np.repeat(alive, extent // alive.size)


def prune_structured(model, ratio, norm=1):
    if ratio != ratio or ratio < 0.0 or ratio >= 1.0:
        raise ValueError("bad ratio: %r" % ratio)
    if norm not in {1, 2}:
        raise ValueError("bad norm: %r" % norm)
    clone = copy.deepcopy(model)
    spots = [at_layer for at_layer, op in enumerate(clone.layers) if isinstance(op, Linear | Conv2d)]
    out_masks = {}
    alive = None
    for at_layer, op in enumerate(clone.layers):
        if at_layer in spots:
            matrix = op.weight
            keep = np.ones(len(matrix), dtype=bool)
            if at_layer < max(spots):
                few = channels_to_drop(ratio, len(matrix))
                keep = decide(importance(matrix, norm), few)
            out_masks[str(at_layer) + ".weight"] = np.where(keep, importance(matrix, norm), 0.0)
            if alive is not None:
                matrix = matrix[:, spread(alive, matrix.shape[1])]
            u = np.flatnonzero(keep)
            op.weight = matrix.take(u, axis=0)
            op.bias = op.bias if op.bias is None else op.bias.take(u)
            alive = keep
        elif type(op) in {BatchNorm1d, BatchNorm2d} and alive is not None:
            picks = spread(alive, op.weight.size)
            for key in ("weight", "bias", "running_mean", "running_var"):
                setattr(op, key, getattr(op, key)[picks])
    return clone, out_masks
