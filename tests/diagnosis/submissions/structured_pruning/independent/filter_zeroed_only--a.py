"""Structured pruning by filter norm: whole channels go, everything that follows them goes too."""

from fractions import Fraction
import numpy as np

from judge.nn import Conv2d, Linear


def prune_structured(model, ratio, norm=1):
    if not (ratio >= 0.0 and ratio < 1.0):
        raise ValueError("ratio out of range")
    if norm not in {1, 2}:
        raise ValueError("only the L1 and L2 norms are known")
    pruned = model.copy()
    head = max(i for i, src in enumerate(model.layers) if isinstance(src, (Linear, Conv2d)))
    masks = {}
    for i, src in enumerate(model.layers):
        after = pruned.layers[i]
        if isinstance(src, (Linear, Conv2d)):
            n = len(src.weight)
            if i == head:
                alive = np.ones(n, dtype=bool)
            else:
                alive = survivor_flags(importance(src.weight, norm), how_many(ratio, n))
            after.weight[~alive] = 0
            if after.bias is not None:
                after.bias[~alive] = 0
            masks[str(i) + ".weight"] = alive.copy()
    return pruned, masks


def how_many(ratio, n):
    return min(int(Fraction(repr(ratio)) * n), n - 1)


def importance(weight, norm):
    power = np.abs(weight.astype(float)) ** norm
    return power.reshape(power.shape[0], -1).sum(axis=1) ** (1.0 / norm)


def survivor_flags(scores, k):
    on = np.ones(len(scores), dtype=bool)
    on[np.argsort(scores)[:k]] = False
    return on
