"""Make a network narrower: prune_structured(model, ratio, norm)."""

import math
from fractions import Fraction
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


VECTORS = ("weight", "bias", "running_mean", "running_var")


def prune_structured(model, ratio, norm=1):
    small = model.copy()
    last = max(i for i, src in enumerate(model.layers) if isinstance(src, (Linear, Conv2d)))
    masks = {}
    alive = None
    for i, src in enumerate(model.layers):
        after = small.layers[i]
        if isinstance(src, (Linear, Conv2d)):
            w = src.weight
            if alive is not None:
                w = w[:, np.repeat(alive, w.shape[1] // alive.size)]
            n = len(src.weight)
            if i == last:
                alive = np.ones(n, dtype=bool)
            else:
                check_arguments(ratio, norm)
                alive = choose_mask(row_norms(src.weight, norm), victims(ratio, n))
            after.weight = w[alive]
            if src.bias is not None:
                after.bias = src.bias[alive]
            masks[str(i) + ".weight"] = alive.copy()
        elif isinstance(src, (BatchNorm1d, BatchNorm2d)) and alive is not None:
            spread = np.repeat(alive, src.weight.size // alive.size)
            for name in VECTORS:
                setattr(after, name, getattr(src, name)[spread])
    return small, masks


def victims(ratio, n):
    return min(int(Fraction(repr(ratio)) * n), n - 1)


def row_norms(weight, norm):
    flat = np.abs(weight.astype(np.float64)).reshape(weight.shape[0], -1)
    if norm == 1:
        return flat.sum(axis=1)
    return np.sqrt((flat * flat).sum(axis=1))


def choose_mask(scores, k):
    position = np.empty(len(scores), dtype=int)
    position[np.argsort(scores, kind="mergesort")] = np.arange(len(scores))
    return position >= k


def check_arguments(ratio, norm):
    problems = []
    if not math.isfinite(ratio) or not 0 <= ratio < 1:
        problems.append("ratio")
    if norm not in [1, 2]:
        problems.append("norm")
    if problems:
        raise ValueError("invalid: " + ", ".join(problems))
