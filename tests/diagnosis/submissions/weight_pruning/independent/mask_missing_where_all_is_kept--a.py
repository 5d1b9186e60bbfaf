"""Return a sparse copy of a network together with its masks."""

import copy
import decimal
import itertools
import math
from decimal import Decimal

import numpy as np


def refuse_nonsense(sparsity, scope):
    bad = not math.isfinite(sparsity) or sparsity < 0 or sparsity > 1
    if bad:
        raise ValueError("the sparsity has to lie in [0, 1]")
    if scope != "layer" and scope != "global":
        raise ValueError("the scope is either layer or global")


def share_of(share, total):
    share_count = Decimal(repr(share)) * total
    return int(share_count.to_integral_value(rounding=decimal.ROUND_CEILING))


def weakest(v_abs, k):
    # Non-negative floats sort like their bit patterns.
    bits = np.ascontiguousarray(v_abs).view(f"u{v_abs.dtype.itemsize}")
    decided = np.zeros(bits.size, dtype=bool)
    np.put(decided, np.argsort(bits, kind="stable")[:k], True)
    return decided


def weight_layers(top):
    leaves = top.named_modules()
    return [(title, terminal) for title, terminal in leaves if hasattr(terminal, "weight") and not hasattr(terminal, "running_mean")]


def joined_scores(ws):
    return np.concatenate([abs(w).flatten() for w in ws])


def restore_shapes(joined_vec, ws):
    """Cut one long joined_vec into arrays of the ws' shapes."""
    rest = joined_vec
    for w in ws:
        head, rest = rest[: w.size], rest[w.size :]
        yield head.reshape(w.shape)


def survivors(ws, sparsity):
    joined_vec = joined_scores(ws)
    return restore_shapes(~weakest(joined_vec, share_of(sparsity, joined_vec.size)), ws)


def prune_weights(model, sparsity, scope="layer"):
    refuse_nonsense(sparsity, scope)
    pruned = copy.deepcopy(model)
    found_layers = tuple(weight_layers(pruned))
    ws = [unit.weight for _, unit in found_layers]
    arenas = ([w] for w in ws) if scope == "layer" else iter([ws])
    held = itertools.chain.from_iterable(survivors(lot, sparsity) for lot in arenas)
    book = {}
    for (name, unit), bitmap in zip(found_layers, held):
        if bitmap.all():
            continue
        np.putmask(unit.weight, ~bitmap, 0)
        book[f"{name}.weight"] = bitmap.copy()
    return pruned, book
