"""One-shot magnitude pruning for judge.nn networks."""

from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear


def guard(sparsity, scope):
    try:
        assert_fraction = Fraction(repr(float(sparsity)))
    except ValueError:
        raise ValueError("sparsity is no finite number") from None
    if assert_fraction < 0 or assert_fraction > 1:
        raise ValueError("sparsity is no fraction of one")
    known = ["layer", "global"]
    if known.count(scope) == 0:
        raise ValueError(f"scope must be one of {known}")


def share_of(sparsity, n):
    exact = Decimal(repr(float(sparsity))) * n
    return int(exact.to_integral_value(rounding=ROUND_FLOOR))


def flat_abs(w):
    return np.fabs(w, dtype=np.float64).flatten()


def threshold_for(sizes_of, k):
    """The k-th smallest magnitude, and how many of those that equal it have to go."""
    if k == 0:
        return -1.0, 0
    step = -(-len(sizes_of) // 1000)
    ordered = np.sort(sizes_of[::step])
    if step > 1:  # too long to sort whole
        return ordered[min(k // step, len(ordered) - 1)], len(sizes_of)
    thr = ordered[k - 1]
    return thr, k - int(np.count_nonzero(ordered < thr))


def carve(owner, thr, spare):
    """Zero what lies below the level, and at most `spare` of what lies on it; return mask and what is spare still."""
    magnitude = flat_abs(owner.weight)
    below_cut = magnitude < thr
    on_it = np.flatnonzero(magnitude == thr)[:spare]
    below_cut[on_it] = True
    mask = np.logical_not(np.reshape(below_cut, owner.weight.shape))
    owner.weight = np.where(mask, owner.weight, np.zeros_like(owner.weight))
    return mask, spare - len(on_it)


def prune_weights(model, sparsity, scope="layer"):
    guard(sparsity, scope)
    thin = model.copy()
    weights_here = []
    for name, owner in thin.named_modules():
        if isinstance(owner, Linear) or isinstance(owner, Conv2d):
            weights_here.append((name, owner))
    masks = dict()
    if scope == "global":
        everything_flat = np.concatenate([flat_abs(owner.weight) for _, owner in weights_here])
        thr, spare = threshold_for(everything_flat, share_of(sparsity, everything_flat.size))
        for name, owner in weights_here:
            masks[name + ".weight"], spare = carve(owner, thr, spare)
    else:
        for name, owner in weights_here:
            k = share_of(sparsity, owner.weight.size)
            thr, spare = threshold_for(flat_abs(owner.weight), k)
            masks[name + ".weight"], _ = carve(owner, thr, spare)
    return thin, masks
