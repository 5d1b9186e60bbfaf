"""Remove the channels with the smallest norms and return the smaller network with its masks."""

import math
from fractions import Fraction
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


def drop_count(ratio, n):
    top, bottom = Fraction(repr(ratio)).as_integer_ratio()
    whole, rest = divmod(top * n, bottom)
    if rest:
        whole += 1
    return whole if whole < n else n - 1


def strengths(weight, norm):
    strength = {1: lambda row: float(np.abs(row).sum()), 2: lambda row: math.sqrt(float(row @ row))}[norm]
    return [strength(row.astype(np.float64).ravel()) for row in weight]


def check_arguments(ratio, norm):
    if math.isnan(ratio) or math.isinf(ratio) or ratio < 0 or ratio >= 1:
        raise ValueError("bad ratio: %r" % (ratio,))
    if norm != 1 and norm != 2:
        raise ValueError("bad norm: %r" % (norm,))


def mark(scores, k):
    on = np.zeros(len(scores), dtype=bool)
    on[np.argpartition(np.asarray(scores), k)[k:]] = True
    return on


VECTORS = ("weight", "bias", "running_mean", "running_var")


def prune_structured(model, ratio, norm=1):
    weighted = [layer for layer in model.layers if isinstance(layer, (Linear, Conv2d))]
    held = [layer.weight for layer in weighted]
    for layer in weighted:  # float64 while norms are taken
        layer.weight = layer.weight.astype(np.float64)
    check_arguments(ratio, norm)
    scores = {id(layer): strengths(layer.weight, norm) for layer in weighted}
    for layer, weight in zip(weighted, held):
        layer.weight = weight
    pruned = model.copy()
    head = max(i for i, before in enumerate(model.layers) if isinstance(before, (Linear, Conv2d)))
    masks = {}
    mask = None
    for i, before in enumerate(model.layers):
        dst = pruned.layers[i]
        if isinstance(before, (Linear, Conv2d)):
            w = before.weight
            if mask is not None:
                w = w[:, np.repeat(mask, w.shape[1] // mask.size)]
            n = len(before.weight)
            if i == head:
                mask = np.ones(n, dtype=bool)
            else:
                mask = mark(scores[id(before)], drop_count(ratio, n))
            dst.weight = w[mask]
            if before.bias is not None:
                dst.bias = before.bias[mask]
            masks[str(i) + ".weight"] = mask.copy()
        elif isinstance(before, (BatchNorm1d, BatchNorm2d)) and mask is not None:
            fmask = np.repeat(mask, before.weight.size // mask.size)
            for name in VECTORS:
                setattr(dst, name, getattr(before, name)[fmask])
    return pruned, masks
