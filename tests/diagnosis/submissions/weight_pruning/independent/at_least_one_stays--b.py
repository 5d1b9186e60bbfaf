"""Return a sparse copy of a network together with its masks."""

import copy
import decimal
import heapq
import itertools
from decimal import Decimal

import numpy as np


def _check(sparsity, scope):
    problems = []
    if not (sparsity >= 0 and sparsity <= 1):
        problems.append("sparsity")
    if ("layer", "global").count(scope) == 0:
        problems.append("scope")
    if problems:
        raise ValueError("bad " + " and ".join(problems))


def collect(current, path=()):
    subs = current.named_children()
    if subs is None:
        weight = getattr(current, "weight", None)
        if weight is not None and weight.ndim in (2, 4):
            yield ".".join(path), current
        return
    for key, child in subs:
        yield from collect(child, (*path, key))


def share_of(p, total):
    removed = int((Decimal(repr(p)) * total).to_integral_value(rounding=decimal.ROUND_CEILING))
    left = max(1, total - removed)
    return total - left


def stream(which, weight):
    """Entries of one tensor from small to large: (magnitude, tensor, position)."""
    amounts = abs(weight).reshape(-1)
    ranking = np.argsort(amounts, kind="stable")
    return zip(amounts[ranking].tolist(), itertools.repeat(which), ranking.tolist())


def prune_weights(model, sparsity, scope="layer"):
    _check(sparsity, scope)
    outcome = copy.deepcopy(model)
    found_layers = tuple(collect(outcome))
    sizes = [mod.weight.size for _, mod in found_layers]
    feeds = [stream(i, mod.weight) for i, (_, mod) in enumerate(found_layers)]
    if scope == "global":
        feeds, limits = [heapq.merge(*feeds)], [share_of(sparsity, sum(sizes))]
    else:
        limits = [share_of(sparsity, n) for n in sizes]
    kept_flags = [bytearray(b"\x01") * n for n in sizes]
    for entries, budget in zip(feeds, limits):
        for _, which, place in itertools.islice(entries, budget):
            kept_flags[which][place] = 0
    book = {}
    for (name, mod), byte_row in zip(found_layers, kept_flags):
        stays_here = np.array(byte_row, dtype=bool).reshape(mod.weight.shape)
        mod.weight = np.where(stays_here, mod.weight, np.zeros_like(mod.weight))
        book[".".join((name, "weight"))] = stays_here
    return outcome, book
