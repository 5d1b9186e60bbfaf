"""Channel pruning on plain NumPy arrays."""

import math
from fractions import Fraction

import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


def ensure(ratio, norm):
    if math.isnan(ratio) or math.isinf(ratio):
        raise ValueError("ratio is not finite")
    if ratio < 0 or ratio >= 1:
        raise ValueError("ratio is outside [0, 1)")
    if norm != 1 and norm != 2:
        raise ValueError("unknown norm")


def decide(sizes, ratio):
    true_where = sizes > 0
    by_norm = np.flatnonzero(true_where)
    if by_norm.size == 0:
        true_where[0] = True
        return true_where
    by_norm = by_norm[np.argsort(sizes[by_norm], kind="stable")]
    true_where[by_norm[: channels_to_drop(ratio, by_norm.size)]] = False
    return true_where


def channels_to_drop(ratio, how_wide):
    return min(int(Fraction(repr(ratio)) * how_wide), how_wide - 1)


def row_norms(tensor, norm):
    return np.array([np.linalg.norm(line_of.astype(np.float64).ravel(), norm) for line_of in tensor])


def blocks(alive, extent):
    """One flag per channel, repeated for every feature of the channel."""
    return alive[np.arange(extent) * alive.size // extent]


def prune_structured(model, ratio, norm=1):
    ensure(ratio, norm)
    clone = model.copy()
    where = [index for index, module in enumerate(clone.layers) if isinstance(module, Linear | Conv2d)]
    kept_masks = {}
    alive = None
    for index, module in enumerate(clone.layers):
        if index in where:
            w = module.weight
            if index == where[-1]:
                good = np.full(len(w), True)
            else:
                good = decide(np.asarray(row_norms(w, norm)), ratio)
            kept_masks[str(index) + ".weight"] = good
            if alive is not None:
                w = w[:, blocks(alive, w.shape[1])]
            cc = np.flatnonzero(good)
            module.weight = w.take(cc, axis=0)
            module.bias = module.bias if module.bias is None else module.bias.take(cc)
            alive = good
        elif isinstance(module, (BatchNorm1d, BatchNorm2d)) and alive is not None:
            picks = blocks(alive, module.weight.size)
            for attr in ("weight", "bias", "running_mean", "running_var"):
                setattr(module, attr, getattr(module, attr)[picks])
    return clone, kept_masks
