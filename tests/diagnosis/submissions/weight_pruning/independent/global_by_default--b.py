"""Set the weights of smallest magnitude to zero and say which stayed."""

import math
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


class BadArgument(ValueError):
    """An argument that makes no sense."""


def verify_arguments(amount, kind):
    if math.isnan(amount):
        raise BadArgument("sparsity is NaN")
    if amount < 0 or 1 < amount:
        raise BadArgument("sparsity must be between 0 and 1")
    if kind not in ["layer", "global"]:
        raise BadArgument("no such scope: " + str(kind))


def mark_small(vals, k):
    ranking = np.argsort(vals, kind="stable")
    zeroed = np.zeros(vals.size, dtype=bool)
    zeroed[ranking[:k]] = True
    return zeroed


def how_many(p, n):
    """Number of zeros among n, in share_count decimal arithmetic."""
    return int(Decimal(repr(p)) * n // 1)


def iter_prunable(network):
    for key_name, layer in network.named_modules():
        if isinstance(layer, (Linear, Conv2d)):
            yield key_name, layer


def prune_weights(model, sparsity, scope=None):
    if scope is None:
        scope = "global"
    verify_arguments(sparsity, scope)
    duplicate = model.copy()
    names, owners = zip(*iter_prunable(duplicate))
    stops = np.cumsum([node.weight.size for node in owners]).tolist()
    lefts = [0] + stops[:-1]
    pool = np.concatenate([node.weight.reshape(-1) for node in owners])
    living = np.ones(pool.size, dtype=bool)
    spans = zip([0], stops[-1:]) if scope == "global" else zip(lefts, stops)
    for a, b in spans:
        living[a:b] = ~mark_small(np.abs(pool[a:b]), how_many(sparsity, b - a))
    pool[~living] = 0
    book = {}
    for where_it_is, node, a, b in zip(names, owners, lefts, stops):
        form = node.weight.shape
        node.weight = pool[a:b].reshape(form).copy()
        book[f"{where_it_is}.weight"] = living[a:b].reshape(form).copy()
    return duplicate, book
