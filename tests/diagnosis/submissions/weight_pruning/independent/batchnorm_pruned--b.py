"""Magnitude pruning, by layer or over the whole network."""

import copy
import decimal
import itertools
from decimal import Decimal

import numpy as np


def guard(sparsity, scope):
    if scope not in ("layer", "global"):
        raise ValueError(f"unknown scope: {scope!r}")
    if not 0.0 <= sparsity <= 1.0:
        raise ValueError(f"sparsity out of range: {sparsity!r}")


def choose_smallest(mags_of, k):
    removed_flags = np.full(len(mags_of), k > 0)
    if 0 < k < len(mags_of):
        removed_flags[np.argpartition(mags_of, k)[k:]] = False
    return removed_flags


def collect(top):
    for where_it_is, terminal in top.named_modules():
        if getattr(terminal, "weight", None) is not None:
            yield where_it_is, terminal


def share_of(share, total):
    product = Decimal(repr(share)) * total
    return int(product.to_integral_value(rounding=decimal.ROUND_CEILING))


def line_up(tensors):
    return np.concatenate([np.fabs(w).flatten() for w in tensors])


def unflatten(joined_vec, tensors):
    """Cut one long joined_vec into arrays of the tensors' shapes."""
    rest = joined_vec
    for w in tensors:
        head, rest = rest[: w.size], rest[w.size :]
        yield head.reshape(w.shape)


def survivors(tensors, sparsity):
    joined_vec = line_up(tensors)
    return unflatten(~choose_smallest(joined_vec, share_of(sparsity, joined_vec.size)), tensors)


def prune_weights(model, sparsity, scope="layer"):
    guard(sparsity, scope)
    answer = copy.deepcopy(model)
    entries_list = list(collect(answer))
    tensors = [module.weight for _, module in entries_list]
    batches = ([w] for w in tensors) if scope == "layer" else iter([tensors])
    staying = itertools.chain.from_iterable(survivors(rankable, sparsity) for rankable in batches)
    record = {}
    for (name, module), stay_mask in zip(entries_list, staying):
        np.putmask(module.weight, ~stay_mask, 0)
        record[f"{name}.weight"] = stay_mask.copy()
    return answer, record
