"""Sparsify a trained network, one tensor at a time or jointly."""

from fractions import Fraction

import numpy as np

from judge.nn import Sequential


def collect(item, path=()):
    inner = item.named_children()
    if inner is None:
        weight = getattr(item, "weight", None)
        if weight is not None and weight.ndim in (2, 4):
            yield ".".join(path), item
        return
    for key, child in inner:
        yield from collect(child, (*path, key))


def pick_dropped(v_abs, k):
    if k == 0:
        return np.zeros(v_abs.size, dtype=bool)
    wide = v_abs.astype(np.float64)
    counts, edges = np.histogram(wide, bins=256)
    last = int(np.searchsorted(np.cumsum(counts), k))
    if last == len(counts) - 1:
        return np.ones(v_abs.size, dtype=bool)
    return wide < edges[last + 1]


def how_many(sparsity, size):
    share = Fraction(repr(float(sparsity)))
    return -(-share.numerator * size // share.denominator)


def guard(fraction, where):
    clipped = min(max(fraction, 0.0), 1.0)
    if clipped != fraction:  # a NaN differs from everything
        raise ValueError(f"{fraction} is no fraction")
    if where not in {"global", "layer"}:
        raise ValueError(where)


def twin(node, masks, path=""):
    """A copy of the network below node in which masked ws are zero."""
    fresh_one = object.__new__(type(node))
    for attribute, value in vars(node).items():
        if isinstance(value, np.ndarray):
            value = value.copy()
        elif isinstance(value, Sequential):
            value = twin(value, masks, f"{path}{attribute}.")
        elif attribute == "layers":
            value = [twin(child, masks, f"{path}{i}.") for i, child in enumerate(value)]
        setattr(fresh_one, attribute, value)
    key = path + "weight"
    if key in masks:
        fresh_one.weight = np.where(masks[key], fresh_one.weight, np.zeros((), fresh_one.weight.dtype))
    return fresh_one


def prune_weights(model, sparsity, scope="layer"):
    guard(sparsity, scope)
    ws = {f"{title}.weight": mod.weight for title, mod in collect(model)}
    masks = {key: np.ones(w.shape, dtype=bool) for key, w in ws.items()}
    jobs = [list(ws)] if scope == "global" else [[key] for key in ws]
    for members_of in jobs:
        owner = np.repeat(np.arange(len(members_of)), [ws[key].size for key in members_of])
        amounts = np.concatenate([abs(ws[key]).ravel() for key in members_of])
        lost = pick_dropped(amounts, how_many(sparsity, amounts.size))
        for i, key in enumerate(members_of):
            masks[key] = ~lost[owner == i].reshape(ws[key].shape)
    return twin(model, masks), masks
