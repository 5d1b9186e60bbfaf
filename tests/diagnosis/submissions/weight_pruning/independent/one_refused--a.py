"""Magnitude pruning, by layer or over the whole network."""

import copy
from fractions import Fraction

import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Residual, Sequential


def _check(sparsity, scope):
    if not 0.0 <= sparsity < 1.0:
        raise ValueError(f"sparsity must be in [0, 1), got {sparsity}")
    if scope not in ("layer", "global"):
        raise ValueError(f"unknown scope {scope}")


def iter_prunable(current, path=()):
    kids = current.named_children()
    if kids is None:
        weight = getattr(current, "weight", None)
        if weight is not None and weight.ndim in (2, 4):
            yield ".".join(path), current
        return
    for key, child in kids:
        yield from iter_prunable(child, (*path, key))


def budget_for(sparsity, amounts):
    share = Fraction(repr(float(sparsity)))
    return -(-share.numerator * amounts // share.denominator)


def select(abs_values, k):
    out_flags = np.full(len(abs_values), k > 0)
    if 0 < k < len(abs_values):
        out_flags[np.argpartition(abs_values, k)[k:]] = False
    return out_flags


def decide(model, sparsity, scope):
    arrays = {where_it_is: layer.weight for where_it_is, layer in iter_prunable(model)}
    if scope == "layer":
        return {
            where_it_is: ~select(np.abs(w).reshape(-1), budget_for(sparsity, w.size)).reshape(w.shape) for where_it_is, w in arrays.items()
        }
    vec = np.concatenate([np.abs(w).reshape(-1) for w in arrays.values()])
    remain = iter(np.split(~select(vec, budget_for(sparsity, vec.size)), np.cumsum([w.size for w in arrays.values()])))
    return {where_it_is: next(remain).reshape(w.shape) for where_it_is, w in arrays.items()}


def reassemble(net, survivors_of, prefix=""):
    modules_ = []
    for slot, old in enumerate(net.layers):
        where_it_is = prefix + str(slot)
        if isinstance(old, Residual):
            body = reassemble(old.body, survivors_of, where_it_is + ".body.")
            bypass = None if old.shortcut is None else reassemble(old.shortcut, survivors_of, where_it_is + ".shortcut.")
            built = Residual(body, bypass)
        elif isinstance(old, (Linear, Conv2d)):
            weight = old.weight.copy()
            weight[~survivors_of[where_it_is]] = 0
            bias = None if old.bias is None else old.bias.copy()
            if isinstance(old, Conv2d):
                built = Conv2d(weight, bias, old.stride, old.padding, old.groups)
            else:
                built = Linear(weight, bias)
        elif isinstance(old, (BatchNorm1d, BatchNorm2d)):
            arrays = (old.weight, old.bias, old.running_mean, old.running_var)
            built = type(old)(*[array.copy() for array in arrays], old.eps)
        else:
            built = copy.copy(old)
        modules_.append(built)
    return Sequential(modules_)


def prune_weights(model, sparsity, scope="layer"):
    _check(sparsity, scope)
    survivors_of = decide(model, sparsity, scope)
    return reassemble(model, survivors_of), {f"{where_it_is}.weight": bitmap for where_it_is, bitmap in survivors_of.items()}
