"""Structured pruning by filter norm: whole channels go, everything that follows them goes too."""

from decimal import Decimal
import numpy as np

import judge.nn as nn


def magnitudes(layer, norm):
    rows = layer.weight.reshape(len(layer.weight), -1).astype(np.float64)
    if layer.bias is not None:
        rows = np.column_stack([rows, layer.bias.astype(np.float64)])
    return np.linalg.norm(rows, ord=norm, axis=1)


def _k_for(ratio, n):
    """How many of ``n`` go."""
    top, bottom = Decimal(repr(ratio)).as_integer_ratio()
    return min(top * n // bottom, n - 1)


def mark(scores, k):
    weakest = set(sorted(range(len(scores)), key=lambda c: (scores[c], c))[:k])
    return np.array([c not in weakest for c in range(len(scores))])


VECTORS = ("weight", "bias", "running_mean", "running_var")


def prune_structured(model, ratio, norm=1):
    if not (ratio >= 0.0 and ratio < 1.0):
        raise ValueError("ratio out of range")
    if norm not in {1, 2}:
        raise ValueError("only the L1 and L2 norms are known")
    pruned = model.copy()
    last = max(i for i, before in enumerate(model.layers) if isinstance(before, (nn.Linear, nn.Conv2d)))
    masks = {}
    keep = None
    for i, before in enumerate(model.layers):
        dst = pruned.layers[i]
        if isinstance(before, (nn.Linear, nn.Conv2d)):
            w = before.weight
            if keep is not None:
                w = w[:, np.repeat(keep, w.shape[1] // keep.size)]
            n = len(before.weight)
            if i == last:
                keep = np.ones(n, dtype=bool)
            else:
                keep = mark(magnitudes(before, norm), _k_for(ratio, n))
            dst.weight = w[keep]
            if before.bias is not None:
                dst.bias = before.bias[keep]
            masks[str(i) + ".weight"] = keep.copy()
        elif isinstance(before, (nn.BatchNorm1d, nn.BatchNorm2d)) and keep is not None:
            wide = np.repeat(keep, before.weight.size // keep.size)
            for name in VECTORS:
                setattr(dst, name, getattr(before, name)[wide])
    return pruned, masks
