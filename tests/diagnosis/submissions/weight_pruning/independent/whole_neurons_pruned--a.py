"""Magnitude pruning of single weights, per layer or over the whole network."""

import heapq
from decimal import ROUND_FLOOR, Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def weakest(scores, k):
    heap = list(zip(scores.tolist(), range(scores.size)))
    heapq.heapify(heap)
    flags = np.zeros(scores.size, np.bool_)
    for _ in range(k):
        _, place = heapq.heappop(heap)
        flags[place] = True
    return flags


def share_of(sparsity, n):
    exact = Decimal(repr(float(sparsity))) * n
    return int(exact.to_integral_value(rounding=ROUND_FLOOR))


def prune_weights(model, sparsity, scope="layer"):
    if sparsity != sparsity:
        raise ValueError("sparsity is NaN")
    if min(sparsity, 1 - sparsity) < 0 or sparsity > 1:
        raise ValueError("sparsity leaves [0, 1]")
    if scope not in {"global", "layer"}:
        raise ValueError("no such scope: " + repr(scope))
    network = model.copy()  # the caller keeps the original
    kinds = (Conv2d, Linear)
    leaves = {f"{name}.weight": part for name, part in filter(lambda item: isinstance(item[1], kinds), network.named_modules())}
    flats = [np.linalg.norm(part.weight.astype(np.float64).reshape(len(part.weight), -1), axis=1) for part in leaves.values()]
    local = scope == "layer"
    if local:
        drops = []
        for flat in flats:
            k = share_of(sparsity, flat.size)
            drops.append(weakest(flat, k))
    else:
        pool = np.concatenate(flats)
        flags = weakest(pool, share_of(sparsity, pool.size))
        drops, start = [], 0
        for flat in flats:
            drops.append(flags[start : start + flat.size])
            start += flat.size
    kept_where = {}
    for (key, part), zeroed in zip(leaves.items(), drops):
        alive_here = np.ones(part.weight.shape, dtype=bool)
        alive_here[zeroed] = False
        part.weight = np.where(alive_here, part.weight, np.zeros((), part.weight.dtype))
        kept_where[key] = alive_here
    return network, kept_where
