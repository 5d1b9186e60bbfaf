"""Zero out the smallest weights of a network."""

import copy
import math
from fractions import Fraction

import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Residual, Sequential


def prunable(item, path=()):
    subs = item.named_children()
    if subs is None:
        weight = getattr(item, "weight", None)
        if weight is not None and weight.ndim in (2, 4):
            yield ".".join(path), item
        return
    for key, child in subs:
        yield from prunable(child, (*path, key))


def how_many(sparsity, entries):
    share_count = Fraction(repr(sparsity)) * entries
    whole, rest = divmod(share_count, 1)
    return int(whole) + (1 if rest > 0 else 0)


def lowest(vals, k):
    order = np.argsort(vals, kind="stable")
    going = np.zeros(vals.size, dtype=bool)
    going[order[:k]] = True
    return going


class BadArgument(ValueError):
    """An argument that makes no sense."""


def refuse_nonsense(amount, kind):
    if math.isnan(amount):
        raise BadArgument("sparsity is NaN")
    if amount < 0 or 1 < amount:
        raise BadArgument("sparsity must be between 0 and 1")
    if kind not in ["layer", "global"]:
        raise BadArgument("no such scope: " + str(kind))


def decide(model, sparsity, scope):
    tables = {title: mod.weight for title, mod in prunable(model)}
    if scope == "layer":
        return {
            title: ~lowest(np.abs(w).ravel(), how_many(sparsity, w.size)).reshape(w.shape) for title, w in tables.items()
        }
    row_vector = np.concatenate([np.abs(w).ravel() for w in tables.values()])
    remain = iter(np.split(~lowest(row_vector, how_many(sparsity, row_vector.size)), np.cumsum([w.size for w in tables.values()])))
    return {title: next(remain).reshape(w.shape) for title, w in tables.items()}


def rebuild(network, survivors_of, prefix=""):
    stack_of = []
    for position, old in enumerate(network.layers):
        title = prefix + str(position)
        if isinstance(old, Residual):
            body = rebuild(old.body, survivors_of, title + ".body.")
            side = None if old.shortcut is None else rebuild(old.shortcut, survivors_of, title + ".shortcut.")
            after = Residual(body, side)
        elif isinstance(old, (Linear, Conv2d)):
            weight = old.weight.copy()
            weight[~survivors_of[title]] = 0
            bias = np.zeros(len(weight), weight.dtype) if old.bias is None else old.bias.copy()
            if isinstance(old, Conv2d):
                after = Conv2d(weight, bias, old.stride, old.padding, old.groups)
            else:
                after = Linear(weight, bias)
        elif isinstance(old, (BatchNorm1d, BatchNorm2d)):
            tables = (old.weight, old.bias, old.running_mean, old.running_var)
            after = type(old)(*[array.copy() for array in tables], old.eps)
        else:
            after = copy.copy(old)
        stack_of.append(after)
    return Sequential(stack_of)


def prune_weights(model, sparsity, scope="layer"):
    refuse_nonsense(sparsity, scope)
    survivors_of = decide(model, sparsity, scope)
    return rebuild(model, survivors_of), {f"{title}.weight": mask for title, mask in survivors_of.items()}
