"""Zero out the smallest weights of a network."""

import decimal
from decimal import Decimal

import numpy as np


def quota(share, total):
    exact = Decimal(repr(share)) * total
    return int(exact.to_integral_value(rounding=decimal.ROUND_CEILING))


def refuse_nonsense(fraction, where):
    clipped = min(max(fraction, 0.0), 1.0)
    if clipped != fraction:  # a NaN differs from everything
        raise ValueError(f"{fraction} is no fraction")
    if where not in {"global", "layer"}:
        raise ValueError(where)


def smallest(magn, k):
    levels, level, amount = np.unique(magn, return_inverse=True, return_counts=True)
    upto = np.cumsum(amount)
    whole = np.searchsorted(upto, k, side="right")  # levels that go completely
    gone = level < whole
    missing = k - (int(upto[whole - 1]) if whole else 0)
    if missing:
        gone[np.flatnonzero(level == whole)[:missing]] = True
    return gone


def targets_of(current, path=()):
    subs = current.named_children()
    if subs is None:
        weight = getattr(current, "weight", None)
        if weight is not None and weight.ndim in (2, 4):
            yield ".".join(path), current
        return
    for key, child in subs:
        yield from targets_of(child, (*path, key))


def prune_weights(model, sparsity, scope="layer"):
    refuse_nonsense(sparsity, scope)
    fresh = model.copy()
    candidates = [*targets_of(fresh)]
    partitions = zip(candidates) if scope == "layer" else (candidates,)
    mask_of = {}
    for members in partitions:
        volumes = [mod.weight.size for _, mod in members]
        mags = np.concatenate([abs(mod.weight).ravel() for _, mod in members])
        out_ = smallest(mags, quota(sparsity, mags.size))
        i = 0
        for (where_it_is, mod), length in zip(members, volumes):
            part = out_[i : i + length]
            i += length
            stays_here = ~part.reshape(mod.weight.shape, order="F")
            mod.weight[~stays_here] = 0
            mask_of[f"{where_it_is}.weight"] = stays_here
    return fresh, mask_of
