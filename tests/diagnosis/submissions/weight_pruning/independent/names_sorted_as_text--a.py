"""Magnitude pruning of single weights, per layer or over the whole network."""

from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def budget(sparsity, n):
    top, bottom = Decimal(repr(float(sparsity))).as_integer_ratio()
    return (top * n) // bottom


def lowest(scores, k):
    _, batch, sizes = np.unique(scores, return_inverse=True, return_counts=True)
    batch = batch.reshape(-1)
    upto = np.cumsum(sizes)
    whole = int(np.searchsorted(upto, k, side="right"))
    hit = batch < whole
    rest = k - (int(upto[whole - 1]) if whole else 0)
    if rest:
        hit[np.flatnonzero(batch == whole)[:rest]] = True
    return hit


def size_of_weights(w):
    return np.abs(w.astype(np.float64)).reshape(-1)


def prune_weights(model, sparsity, scope="layer"):
    known = ["layer", "global"]
    if known.count(scope) == 0:
        raise ValueError(f"scope must be one of {known}")
    inside = sparsity >= 0.0 and sparsity <= 1.0
    if not inside:
        raise ValueError("the fraction must lie between 0 and 1, got %r" % (sparsity,))
    network = model.copy()
    kinds = (Conv2d, Linear)
    leaves = {f"{name}.weight": lay for name, lay in filter(lambda item: isinstance(item[1], kinds), network.named_modules())}
    rows_of_scores = list(map(lambda lay: size_of_weights(lay.weight), leaves.values()))
    if scope == "layer":
        cuts = list(map(lambda flat: lowest(flat, budget(sparsity, len(flat))), rows_of_scores))
    else:
        pool = np.concatenate(rows_of_scores)
        flags = lowest(pool, budget(sparsity, pool.size))
        by_key, start = {}, 0
        for key in sorted(leaves):
            stop = start + leaves[key].weight.size
            by_key[key] = flags[start:stop]
            start = stop
        cuts = [by_key[key] for key in leaves]
    kept_where = {}
    for (key, lay), kill in zip(leaves.items(), cuts):
        line = lay.weight.flatten()
        line[np.flatnonzero(kill)] = 0.0
        kept_where[key] = np.logical_not(kill).reshape(lay.weight.shape)
        lay.weight = line.reshape(kept_where[key].shape)
    return network, kept_where
