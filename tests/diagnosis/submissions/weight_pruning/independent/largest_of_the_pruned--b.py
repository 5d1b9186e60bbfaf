"""Sparsify a trained network, one tensor at a time or jointly."""

import copy
import decimal
import heapq
import itertools
import math
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear, Residual


def iter_prunable(top, prefix=""):
    hits = []
    for position, layer in enumerate(top.layers):
        label = f"{prefix}{position}"
        if isinstance(layer, Residual):
            hits += iter_prunable(layer.body, label + ".body.")
            if layer.shortcut is not None:
                hits += iter_prunable(layer.shortcut, label + ".shortcut.")
        elif isinstance(layer, Conv2d) or isinstance(layer, Linear):
            hits.append((label, layer))
    return hits


def smallest(vec1, k):
    numbers = vec1.tolist()
    limit = max(heapq.nsmallest(k, numbers) if k < len(numbers) // 2 else sorted(numbers)[:k])
    left = k - sum(number < limit for number in numbers)
    flags = []
    for number in numbers:
        if number == limit and left:
            left -= 1
            flags.append(True)
        else:
            flags.append(number < limit)
    return np.array(flags)


def verify_arguments(sparsity, scope):
    bad = not math.isfinite(sparsity) or sparsity < 0 or sparsity > 1
    if bad:
        raise ValueError("the sparsity has to lie in [0, 1]")
    if scope != "layer" and scope != "global":
        raise ValueError("the scope is either layer or global")


def pruned_count(share, total):
    exact = Decimal(repr(share)) * total
    return int(exact.to_integral_value(rounding=decimal.ROUND_CEILING))


def line_up(ws):
    return np.concatenate([abs(w).reshape(-1) for w in ws])


def restore_shapes(joined_vec, ws):
    """Cut one long joined_vec into arrays of the ws' shapes."""
    rest = joined_vec
    for w in ws:
        head, rest = rest[: w.size], rest[w.size :]
        yield head.reshape(w.shape)


def staying(ws, sparsity):
    joined_vec = line_up(ws)
    return restore_shapes(~smallest(joined_vec, pruned_count(sparsity, joined_vec.size)), ws)


def prune_weights(model, sparsity, scope="layer"):
    verify_arguments(sparsity, scope)
    answer = copy.deepcopy(model)
    candidates = list(iter_prunable(answer))
    ws = [item.weight for _, item in candidates]
    crowds = ([w] for w in ws) if scope == "layer" else iter([ws])
    held = itertools.chain.from_iterable(staying(crowd, sparsity) for crowd in crowds)
    collected = {}
    for (name, item), bitmap in zip(candidates, held):
        np.putmask(item.weight, ~bitmap, 0)
        collected[f"{name}.weight"] = bitmap.copy()
    return answer, collected
