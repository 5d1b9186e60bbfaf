"""Drops a share of each hidden layer, smallest norm first."""

import heapq
import math
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear


def check(ratio, norm):
    if math.isnan(ratio) or math.isinf(ratio):
        raise ValueError("ratio is not finite")
    if ratio < 0 or ratio >= 1:
        raise ValueError("ratio is outside [0, 1)")
    if norm != 1 and norm != 2:
        raise ValueError("unknown norm")


def removal_count(ratio, full):
    top, den = Fraction(repr(ratio)).as_integer_ratio()
    cut_n = top * full // den
    return min(full - 1, cut_n)


def select(scores, cut_n):
    lowest = set(heapq.nsmallest(cut_n, range(len(scores)), key=lambda ci: scores[ci]))
    return np.array([ci not in lowest for ci in range(len(scores))])


def saliency(array_in, norm):
    """Norm of each filter; for L2 the root is left out, it does not change the order."""
    vectors = np.array(array_in, dtype=np.float64).reshape(array_in.shape[0], -1)
    if norm == 2:
        return np.einsum("ij,ij->i", vectors, vectors)
    return np.einsum("ij->i", np.fabs(vectors))


def per_feature(live, extent):
    """One flag per channel, repeated for every feature of the channel."""
    return np.repeat(live, extent // live.size)


def prune_structured(model, ratio, norm=1):
    check(ratio, norm)
    pruned = model.copy()
    prunable = [p for p, block in enumerate(pruned.layers) if isinstance(block, (Linear, Conv2d))]
    masks = {}
    buf = np.empty(max(pruned.layers[p].weight.shape[0] for p in prunable), dtype=bool)
    live = None
    for p, block in enumerate(pruned.layers):
        if p in prunable:
            kernel = block.weight
            own = np.ones(len(kernel), dtype=bool)
            if p < max(prunable):
                cut_n = removal_count(ratio, len(kernel))
                own = select(saliency(kernel, norm), cut_n)
            buf[: own.size] = own
            masks[str(p) + ".weight"] = buf[: own.size]
            if live is not None:
                kernel = kernel[:, per_feature(live, kernel.shape[1])]
            block.weight = np.compress(own, kernel, axis=0)
            if isinstance(block.bias, np.ndarray):
                block.bias = np.compress(own, block.bias)
            live = own
        elif type(block).__name__.startswith("BatchNorm") and live is not None:
            features = per_feature(live, block.weight.size)
            block.__dict__.update(
                {name: number_[features] for name, number_ in vars(block).items() if isinstance(number_, np.ndarray)}
            )
    return pruned, masks
