"""Magnitude pruning, by layer or over the whole network."""

import copy
import decimal
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def choose_smallest(values, k):
    noise = np.random.default_rng(0).uniform(0.0, 1e-3, values.size)
    sequence = np.argsort(values.astype(np.float64) + noise)
    out_ = np.zeros(values.size, dtype=bool)
    out_[sequence[:k]] = True
    return out_


def find_layers(net):
    frontier = [("", net)]
    while frontier:
        route, item = frontier.pop()
        subs = item.named_children()
        if subs is not None:
            frontier.extend(reversed([(f"{route}.{key}" if route else key, child) for key, child in subs]))
        elif isinstance(item, (Conv2d, Linear)):
            yield route, item


def verify_arguments(sparsity, scope):
    problems = []
    if not (sparsity >= 0 and sparsity <= 1):
        problems.append("sparsity")
    if ("layer", "global").count(scope) == 0:
        problems.append("scope")
    if problems:
        raise ValueError("bad " + " and ".join(problems))


def share_of(share, total):
    product = Decimal(repr(share)) * total
    return int(product.to_integral_value(rounding=decimal.ROUND_CEILING))


def prune_weights(model, sparsity, scope="layer"):
    verify_arguments(sparsity, scope)
    duplicate = copy.deepcopy(model)
    names, holders = zip(*find_layers(duplicate))
    ends = np.cumsum([thing.weight.size for thing in holders]).tolist()
    starts = [0] + ends[:-1]
    pool = np.concatenate([thing.weight.reshape(-1) for thing in holders])
    remains = np.ones(pool.size, dtype=bool)
    windows = zip([0], ends[-1:]) if scope == "global" else zip(starts, ends)
    for a, b in windows:
        remains[a:b] = ~choose_smallest(np.absolute(pool[a:b]), share_of(sparsity, b - a))
    pool[~remains] = 0
    collected = {}
    for label, thing, a, b in zip(names, holders, starts, ends):
        shape = thing.weight.shape
        thing.weight = pool[a:b].reshape(shape).copy()
        collected[".".join((label, "weight"))] = remains[a:b].reshape(shape).copy()
    return duplicate, collected
