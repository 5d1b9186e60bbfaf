"""One-shot magnitude pruning for judge.nn networks."""

import heapq
import math
from decimal import ROUND_FLOOR, Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def number_to_drop(sparsity, n):
    exact = Decimal(repr(float(sparsity))) * n
    return int(exact.to_integral_value(rounding=ROUND_FLOOR))


def losers(scores, k):
    heap = list(zip(scores.tolist(), range(scores.size)))
    heapq.heapify(heap)
    flags = np.zeros(scores.size, np.bool_)
    for _ in range(k):
        _, place = heapq.heappop(heap)
        flags[place] = True
    return flags


def size_of_weights(w):
    line = w.flatten()
    return np.maximum(line, -line)


def prune_weights(model, sparsity, scope="layer"):
    if math.isnan(sparsity) or sparsity < 0 or sparsity > 1:
        raise ValueError("sparsity has to be a fraction")
    if scope != "layer" and scope != "global":
        raise ValueError("scope is 'layer' or 'global'")
    network = model.copy()
    units = {name + ".weight": leaf for name, leaf in network.named_modules() if isinstance(leaf, (Linear, Conv2d))}
    tiny = {key: leaf for key, leaf in units.items() if leaf.weight.size < 10}
    units = {key: leaf for key, leaf in units.items() if key not in tiny}
    rows_of_scores = [size_of_weights(leaf.weight) for leaf in units.values()]
    if scope == "layer":
        cuts = [losers(flat, number_to_drop(sparsity, flat.size)) for flat in rows_of_scores]
    elif not rows_of_scores:
        cuts = []
    else:
        pool = np.concatenate(rows_of_scores)
        ends = np.cumsum([flat.size for flat in rows_of_scores])[:-1]
        cuts = np.split(losers(pool, number_to_drop(sparsity, pool.size)), ends)
    kept_where = {key: np.ones(leaf.weight.shape, dtype=bool) for key, leaf in tiny.items()}
    for (key, leaf), kill in zip(units.items(), cuts):
        kill = np.reshape(kill, leaf.weight.shape)
        leaf.weight = np.where(kill, leaf.weight.dtype.type(0), leaf.weight)
        kept_where[key] = np.invert(kill)
    return network, kept_where
