"""Zero the smallest weights and say which ones stayed."""

import math
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear


def lowest(scores, k):
    strengths = scores.tolist()
    places = sorted(range(len(strengths)), key=strengths.__getitem__)
    gone = [False] * len(strengths)
    for place in places[:k]:
        gone[place] = True
    return np.array(gone, dtype=bool)


def size_of_weights(w):
    return np.abs(w).ravel()


def share_of(sparsity, n):
    return math.floor(Fraction(repr(float(sparsity))) * n)


def prune_weights(model, sparsity, scope="layer"):
    try:
        assert_fraction = Fraction(repr(float(sparsity)))
    except ValueError:
        raise ValueError("sparsity is no finite number") from None
    if assert_fraction < 0 or assert_fraction > 1:
        raise ValueError("sparsity is no fraction of one")
    if scope not in ("layer", "global"):
        raise ValueError(f"unknown scope {scope!r}")
    net = model.copy()  # the caller keeps the original
    units = {name + ".weight": part for name, part in net.named_modules() if isinstance(part, (Linear, Conv2d))}
    rows_of_scores = list(map(lambda part: size_of_weights(part.weight), units.values()))
    local = scope == "layer"
    if local:
        drops = [lowest(flat, share_of(sparsity, flat.size)) for flat in rows_of_scores]
        limits = [flat[remove].max(initial=0) for flat, remove in zip(rows_of_scores, drops)]
    else:
        pool = np.concatenate(rows_of_scores)
        ends = np.cumsum([flat.size for flat in rows_of_scores])[:-1]
        picked = lowest(pool, share_of(sparsity, pool.size))
        drops = np.split(picked, ends)
        limits = [pool[picked].max(initial=0)] * len(drops)
    out_masks = {}
    for (key, part), remove, limit in zip(units.items(), drops, limits):
        stay = np.logical_not(remove).reshape(part.weight.shape)
        nearer = np.copysign(np.abs(part.weight) - limit, part.weight)
        part.weight = np.where(stay, nearer, np.zeros((), part.weight.dtype))
        out_masks[key] = stay
    return net, out_masks
