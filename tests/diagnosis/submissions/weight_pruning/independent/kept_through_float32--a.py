"""Unstructured pruning of Linear and Conv2d weights."""

import copy
import decimal
import itertools
import math
from decimal import Decimal

import numpy as np


def select(values, k):
    levels, level, amount = np.unique(values, return_inverse=True, return_counts=True)
    upto = np.cumsum(amount)
    whole = np.searchsorted(upto, k, side="right")  # levels that go completely
    out_ = level < whole
    missing = k - (int(upto[whole - 1]) if whole else 0)
    if missing:
        out_[np.flatnonzero(level == whole)[:missing]] = True
    return out_


def budget_for(share, total):
    share_count = Decimal(repr(share)) * total
    return int(share_count.to_integral_value(rounding=decimal.ROUND_CEILING))


def find_layers(root_net):
    leaves = root_net.named_modules()
    return [(name, leaf_layer) for name, leaf_layer in leaves if hasattr(leaf_layer, "weight") and not hasattr(leaf_layer, "running_mean")]


class Refusal(ValueError):
    """An argument that makes no sense."""


def _check(amount, kind):
    if math.isnan(amount):
        raise Refusal("sparsity is NaN")
    if amount < 0 or 1 < amount:
        raise Refusal("sparsity must be between 0 and 1")
    if kind not in ["layer", "global"]:
        raise Refusal("no such scope: " + str(kind))


def line_up(arrays_of):
    return np.concatenate([np.fabs(w).reshape(-1) for w in arrays_of])


def cut_up(joined_vec, arrays_of):
    """Cut one long joined_vec into arrays of the arrays_of' shapes."""
    rest = joined_vec
    for w in arrays_of:
        head, rest = rest[: w.size], rest[w.size :]
        yield head.reshape(w.shape)


def staying(arrays_of, sparsity):
    joined_vec = line_up(arrays_of)
    return cut_up(~select(joined_vec, budget_for(sparsity, joined_vec.size)), arrays_of)


def prune_weights(model, sparsity, scope="layer"):
    _check(sparsity, scope)
    outcome = copy.deepcopy(model)
    candidates = tuple(find_layers(outcome))
    arrays_of = [leaf.weight for _, leaf in candidates]
    crowds = ([w] for w in arrays_of) if scope == "layer" else iter([arrays_of])
    keepflag = itertools.chain.from_iterable(staying(lot, sparsity) for lot in crowds)
    record = {}
    for (label, leaf), stay_mask in zip(candidates, keepflag):
        single = leaf.weight.astype(np.float32)
        single[~stay_mask] = 0
        leaf.weight = single.astype(leaf.weight.dtype)
        record[f"{label}.weight"] = stay_mask.copy()
    return outcome, record
