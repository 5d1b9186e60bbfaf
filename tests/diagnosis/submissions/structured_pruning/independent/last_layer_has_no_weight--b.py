"""Make a network narrower: prune_structured(model, ratio, norm)."""

from fractions import Fraction
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


VECTORS = ("weight", "bias", "running_mean", "running_var")


def prune_structured(model, ratio, norm=1):
    if not (ratio >= 0.0 and ratio < 1.0):
        raise ValueError("ratio out of range")
    if norm not in {1, 2}:
        raise ValueError("only the L1 and L2 norms are known")
    result = model.copy()
    output = model[-1].weight
    head = [i for i, before in enumerate(model) if isinstance(before, (Linear, Conv2d)) and before.weight is output][0]
    masks = {}
    mask = None
    for i, before in enumerate(model.layers):
        dst = result.layers[i]
        if isinstance(before, (Linear, Conv2d)):
            w = before.weight
            if mask is not None:
                w = w[:, np.repeat(mask, w.shape[1] // mask.size)]
            n = len(before.weight)
            if i == head:
                mask = np.ones(n, dtype=bool)
            else:
                mask = choose_mask(importance(before.weight, norm), _k_for(ratio, n))
            dst.weight = w[mask]
            if before.bias is not None:
                dst.bias = before.bias[mask]
            masks[str(i) + ".weight"] = mask.copy()
        elif isinstance(before, (BatchNorm1d, BatchNorm2d)) and mask is not None:
            wide = np.repeat(mask, before.weight.size // mask.size)
            for name in VECTORS:
                setattr(dst, name, getattr(before, name)[wide])
    return result, masks


def importance(weight, norm):
    flat = np.abs(weight.astype(np.float64)).reshape(weight.shape[0], -1)
    if norm == 1:
        return flat.sum(axis=1)
    return np.sqrt((flat * flat).sum(axis=1))


def _k_for(ratio, n):
    return min(int(Fraction(repr(ratio)) * n), n - 1)


def choose_mask(scores, k):
    on = np.ones(len(scores), dtype=bool)
    on[np.argsort(scores)[:k]] = False
    return on
