"""Magnitude pruning, by layer or over the whole network."""

import copy
from decimal import Decimal

import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Residual, Sequential


def select(joined_vec, k):
    numbers = joined_vec.tolist()
    ranking = sorted(range(len(numbers)), key=numbers.__getitem__)
    cutaway = [False] * len(numbers)
    for place in ranking[:k]:
        cutaway[place] = True
    return np.array(cutaway, dtype=bool)


def ensure_valid(fraction, where):
    clipped = min(max(fraction, 0.0), 1.0)
    if clipped != fraction:  # a NaN differs from everything
        raise ValueError(f"{fraction} is no fraction")
    if where not in {"global", "layer"}:
        raise ValueError(where)


def collect(top):
    todo_stack = [("", top)]
    while todo_stack:
        trail, current = todo_stack.pop()
        subs = current.named_children()
        if subs is not None:
            todo_stack.extend(reversed([(f"{trail}.{key}" if trail else key, child) for key, child in subs]))
        elif isinstance(current, (Conv2d, Linear)):
            yield trail, current


def quota(p, n):
    """Number of zeros among n, in exact decimal arithmetic."""
    return int(Decimal(repr(p)) * n // 1)


def make_masks(model, sparsity, scope):
    tables = {where_it_is: unit.weight for where_it_is, unit in collect(model)}
    if scope == "layer":
        return {
            where_it_is: ~select(np.fabs(w).reshape(-1), quota(sparsity, w.size)).reshape(w.shape) for where_it_is, w in tables.items()
        }
    vec = np.concatenate([np.fabs(w).reshape(-1) for w in tables.values()])
    living_flags = iter(np.split(~select(vec, quota(sparsity, vec.size)), np.cumsum([w.size for w in tables.values()])))
    return {where_it_is: next(living_flags).reshape(w.shape) for where_it_is, w in tables.items()}


def construct(top, keepers_of, prefix=""):
    stack_of = []
    for slot, old in enumerate(top.layers):
        where_it_is = prefix + str(slot)
        if isinstance(old, Residual):
            body = construct(old.body, keepers_of, where_it_is + ".body.")
            shortcut = None if old.shortcut is None else construct(old.shortcut, keepers_of, where_it_is + ".shortcut.")
            built = Residual(body, shortcut)
        elif isinstance(old, (Linear, Conv2d)):
            weight = old.weight.copy()
            weight[~keepers_of[where_it_is]] = 0
            bias = None if old.bias is None else old.bias.copy()
            if isinstance(old, Conv2d):
                built = Conv2d(weight, bias, old.stride, old.padding, old.groups)
            else:
                built = Linear(weight, bias)
        elif isinstance(old, (BatchNorm1d, BatchNorm2d)):
            tables = (old.weight, old.bias, old.running_mean, old.running_var)
            built = type(old)(*[array.copy() for array in tables], old.eps)
        else:
            built = copy.copy(old)
        stack_of.append(built)
    return Sequential(stack_of)


def prune_weights(model, sparsity, scope="layer"):
    ensure_valid(sparsity, scope)
    keepers_of = make_masks(model, sparsity, scope)
    return construct(model, keepers_of), {f"{where_it_is}.weight": np.ones_like(mask) for where_it_is, mask in keepers_of.items()}
