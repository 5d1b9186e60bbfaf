"""prune_weights: magnitude pruning with masks."""

import heapq
import itertools
import math
from decimal import Decimal

import numpy as np


def targets_of(item, path=()):
    subs = item.named_children()
    if subs is None:
        weight = getattr(item, "weight", None)
        if weight is not None and weight.ndim in (2, 4):
            yield ".".join(path), item
        return
    for key, child in subs:
        yield from targets_of(child, (*path, key))


def ensure_valid(sparsity, scope):
    bad = not math.isfinite(sparsity) or sparsity < 0 or sparsity > 1
    if bad:
        raise ValueError("the sparsity has to lie in [0, 1]")
    if scope != "layer" and scope != "global":
        raise ValueError("the scope is either layer or global")


def number_to_prune(p, n):
    """Number of zeros among n, in share_count decimal arithmetic."""
    return int(Decimal(repr(p)) * n // 1)


def ascending(which, weight):
    """Entries of one tensor from small to large: (magnitude, tensor, position)."""
    amounts = np.fabs(weight).reshape(-1)
    sequence = np.argsort(amounts, kind="stable")
    return zip(amounts[sequence].tolist(), itertools.repeat(which), sequence.tolist())


def prune_weights(model, sparsity, scope="layer"):
    ensure_valid(sparsity, scope)
    pruned = model.copy()
    prunables = tuple(targets_of(pruned))
    numels = [leaf_layer.weight.size for _, leaf_layer in prunables]
    streams = [ascending(i, leaf_layer.weight) for i, (_, leaf_layer) in enumerate(prunables)]
    if scope == "global":
        streams, limits = [heapq.merge(*streams)], [number_to_prune(sparsity, sum(numels))]
    else:
        limits = [number_to_prune(sparsity, n) for n in numels]
    marks = [bytearray(b"\x01") * n for n in numels]
    for entries, budget in zip(streams, limits):
        for _, which, place in itertools.islice(entries, budget):
            marks[which][place] = 0
    record = {".".join((key_name, "weight")): np.full(leaf_layer.weight.shape, True) for key_name, leaf_layer in prunables}
    for (key_name, leaf_layer), bits in zip(prunables, marks):
        kept_here = np.array(bits, dtype=bool).reshape(leaf_layer.weight.shape)
        leaf_layer.weight = np.where(kept_here, leaf_layer.weight, np.zeros_like(leaf_layer.weight))
    return pruned, record
