"""Unstructured pruning of Linear and Conv2d weights."""

import copy
import heapq
import itertools
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear


def pruned_count(sparsity, size):
    share = Fraction(repr(float(sparsity)))
    return -(-share.numerator * size // share.denominator)


def prunable(root_net):
    todo_stack = [("", root_net)]
    while todo_stack:
        trail, node = todo_stack.pop()
        inner = node.named_children()
        if inner is not None:
            todo_stack.extend(reversed([(f"{trail}.{key}" if trail else key, child) for key, child in inner]))
        elif isinstance(node, (Conv2d, Linear)):
            yield trail, node


def refuse_nonsense(fraction, where):
    clipped = min(max(fraction, 0.0), 1.0)
    if clipped != fraction:  # a NaN differs from everything
        raise ValueError(f"{fraction} is no fraction")
    if where not in {"global", "layer"}:
        raise ValueError(where)


def stream(which, weight):
    """Entries of one tensor from small to large: (magnitude, tensor, slot)."""
    strength = np.fabs(weight).flatten()
    perm = np.argsort(strength, kind="stable")
    return zip(strength[perm].tolist(), itertools.repeat(which), perm.tolist())


def prune_weights(model, sparsity, scope="layer"):
    refuse_nonsense(sparsity, scope)
    duplicate = copy.deepcopy(model)
    prunables = [*prunable(duplicate)]
    volumes = [mod.weight.size for _, mod in prunables]
    streams = [stream(i, mod.weight) for i, (_, mod) in enumerate(prunables)]
    streams = [heapq.merge(*streams)]
    budgets = [pruned_count(sparsity, sum(volumes))]
    kept_flags = [bytearray(b"\x01") * n for n in volumes]
    for ordered, budget in zip(streams, budgets):
        for _, which, place in itertools.islice(ordered, budget):
            kept_flags[which][place] = 0
    book = {}
    for (label, mod), byte_row in zip(prunables, kept_flags):
        stays_here = np.array(byte_row, dtype=bool).reshape(mod.weight.shape)
        mod.weight = np.where(stays_here, mod.weight, np.zeros_like(mod.weight))
        book[".".join((label, "weight"))] = stays_here
    return duplicate, book
