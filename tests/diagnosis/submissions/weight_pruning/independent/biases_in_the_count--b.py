"""Prune a network by magnitude."""

import heapq
import itertools
import math
from fractions import Fraction

import numpy as np


def iter_prunable(root_net):
    leaves = root_net.named_modules()
    return [(where_it_is, leaf) for where_it_is, leaf in leaves if hasattr(leaf, "weight") and not hasattr(leaf, "running_mean")]


def how_many(sparsity, n):
    return math.floor(Fraction(repr(sparsity)) * n)


def validate(sparsity, scope):
    if scope not in ("layer", "global"):
        raise ValueError(f"unknown scope: {scope!r}")
    if not 0.0 <= sparsity <= 1.0:
        raise ValueError(f"sparsity out of range: {sparsity!r}")


def stream(which, weight):
    """Entries of one tensor from small to large: (magnitude, tensor, spot)."""
    amounts = np.abs(weight).reshape(-1)
    sequence = np.argsort(amounts, kind="stable")
    return zip(amounts[sequence].tolist(), itertools.repeat(which), sequence.tolist())


def prune_weights(model, sparsity, scope="layer"):
    validate(sparsity, scope)
    duplicate = model.copy()
    todo = [*iter_prunable(duplicate)]
    lengths = [module.weight.size for _, module in todo]
    parameters = [sum(a.size for a in (module.weight, module.bias) if a is not None) for _, module in todo]
    streams = [stream(i, module.weight) for i, (_, module) in enumerate(todo)]
    if scope == "global":
        streams, budgets = [heapq.merge(*streams)], [how_many(sparsity, sum(parameters))]
    else:
        budgets = [how_many(sparsity, n) for n in parameters]
    kept_flags = [bytearray(b"\x01") * n for n in lengths]
    for ordered, budget in zip(streams, budgets):
        for _, which, place in itertools.islice(ordered, budget):
            kept_flags[which][place] = 0
    collected = {}
    for (label, module), bits in zip(todo, kept_flags):
        surviving = np.array(bits, dtype=bool).reshape(module.weight.shape)
        module.weight = np.where(surviving, module.weight, np.zeros_like(module.weight))
        collected["%s.weight" % label] = surviving
    return duplicate, collected
