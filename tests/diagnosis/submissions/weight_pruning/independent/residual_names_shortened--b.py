"""One-shot magnitude pruning for judge.nn networks."""

import math
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear


def validate(sparsity, scope):
    if scope != "layer" and scope != "global":
        raise ValueError("scope is 'layer' or 'global'")
    if sparsity != sparsity:
        raise ValueError("sparsity is NaN")
    if min(sparsity, 1 - sparsity) < 0 or sparsity > 1:
        raise ValueError("sparsity leaves [0, 1]")


def strength(w):
    line = np.array(w, dtype=float).ravel()
    return np.where(line < 0, -line, line)


def budget(sparsity, n):
    return math.floor(Fraction(repr(float(sparsity))) * n)


def losers(scores, k):
    _, batch, sizes = np.unique(scores, return_inverse=True, return_counts=True)
    batch = batch.reshape(-1)
    upto = np.cumsum(sizes)
    whole = int(np.searchsorted(upto, k, side="right"))
    hit = batch < whole
    rest = k - (int(upto[whole - 1]) if whole else 0)
    if rest:
        hit[np.flatnonzero(batch == whole)[:rest]] = True
    return hit


def prune_weights(model, sparsity, scope="layer"):
    validate(sparsity, scope)
    new_model = model.copy()  # the caller keeps the original
    prunable = {name.replace(".body.", ".") + ".weight": owner for name, owner in new_model.named_modules() if isinstance(owner, (Linear, Conv2d))}
    chunks = [strength(owner.weight) for owner in prunable.values()]
    if scope == "layer":
        victims = list(map(lambda flat: losers(flat, budget(sparsity, len(flat))), chunks))
    else:
        pool = np.concatenate(chunks)
        ends = np.cumsum([flat.size for flat in chunks])[:-1]
        victims = np.split(losers(pool, budget(sparsity, pool.size)), ends)
    kept_where = {}
    for (key, owner), out_mask in zip(prunable.items(), victims):
        out_mask = np.reshape(out_mask, owner.weight.shape)
        owner.weight = np.where(out_mask, owner.weight.dtype.type(0), owner.weight)
        kept_where[key] = np.invert(out_mask)
    return new_model, kept_where
