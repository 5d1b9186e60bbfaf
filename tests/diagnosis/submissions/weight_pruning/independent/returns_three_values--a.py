"""Thin out a trained network by the size of its weights."""

import copy
import math
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def saliency(w):
    line = np.array(w, dtype=float).ravel()
    return np.where(line < 0, -line, line)


def n_pruned(sparsity, n):
    _, digits, exponent = Decimal(repr(float(sparsity))).as_tuple()
    units = int("".join(map(str, digits)))
    if exponent >= 0:
        return units * 10**exponent * n
    return units * n // 10**-exponent


def losers(scores, k):
    by_size = scores.argsort(kind="mergesort")
    rank = np.empty(by_size.shape, dtype=np.int64)
    rank[by_size] = np.arange(rank.size)
    return rank < k


def prune_weights(model, sparsity, scope="layer"):
    if scope not in {"global", "layer"}:
        raise ValueError("no such scope: " + repr(scope))
    if not (math.isfinite(sparsity) and abs(sparsity - 0.5) <= 0.5 and sparsity >= 0):
        raise ValueError("bad sparsity")
    new_model = copy.deepcopy(model)
    kinds = (Conv2d, Linear)
    leaves = {f"{name}.weight": leaf for name, leaf in filter(lambda item: isinstance(item[1], kinds), new_model.named_modules())}
    flats = []
    for leaf in leaves.values():
        flats.append(saliency(leaf.weight))
    local = scope == "layer"
    if local:
        drops = []
        for flat in flats:
            k = n_pruned(sparsity, flat.size)
            drops.append(losers(flat, k))
    else:
        pool = np.concatenate(flats)
        remaining = losers(pool, n_pruned(sparsity, pool.size))
        drops = []
        for flat in flats:
            head, remaining = remaining[: len(flat)], remaining[len(flat) :]
            drops.append(head)
    out_masks = {}
    for (key, leaf), remove in zip(leaves.items(), drops):
        remove = np.reshape(remove, leaf.weight.shape)
        leaf.weight = np.where(remove, leaf.weight.dtype.type(0), leaf.weight)
        out_masks[key] = np.invert(remove)
    zeros = sum(int((~mask).sum()) for mask in out_masks.values())
    return new_model, out_masks, zeros
