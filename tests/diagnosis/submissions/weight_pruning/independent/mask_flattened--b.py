"""Return a sparse copy of a network together with its masks."""

import copy
import math
from fractions import Fraction

import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Residual, Sequential


def pruned_count(sparsity, n):
    return math.floor(Fraction(repr(sparsity)) * n)


class PruningError(ValueError):
    """An argument that makes no sense."""


def ensure_valid(amount, kind):
    if math.isnan(amount):
        raise PruningError("sparsity is NaN")
    if amount < 0 or 1 < amount:
        raise PruningError("sparsity must be between 0 and 1")
    if kind not in ["layer", "global"]:
        raise PruningError("no such scope: " + str(kind))


def mark_small(abs_values, k):
    removed_flags = np.full(len(abs_values), k > 0)
    if 0 < k < len(abs_values):
        removed_flags[np.argpartition(abs_values, k)[k:]] = False
    return removed_flags


def collect(network):
    todo_stack = [("", network)]
    while todo_stack:
        path, node = todo_stack.pop()
        children = node.named_children()
        if children is not None:
            todo_stack.extend(reversed([(f"{path}.{key}" if path else key, child) for key, child in children]))
        elif isinstance(node, (Conv2d, Linear)):
            yield path, node


def masks_for(model, sparsity, scope):
    tables = {where_it_is: unit.weight for where_it_is, unit in collect(model)}
    if scope == "layer":
        return {
            where_it_is: ~mark_small(abs(w).reshape(-1), pruned_count(sparsity, w.size)).reshape(w.shape) for where_it_is, w in tables.items()
        }
    row_vector = np.concatenate([abs(w).reshape(-1) for w in tables.values()])
    stays = iter(np.split(~mark_small(row_vector, pruned_count(sparsity, row_vector.size)), np.cumsum([w.size for w in tables.values()])))
    return {where_it_is: next(stays).reshape(w.shape) for where_it_is, w in tables.items()}


def reassemble(root_net, keepers_of, prefix=""):
    modules_ = []
    for i, source in enumerate(root_net.layers):
        where_it_is = prefix + str(i)
        if isinstance(source, Residual):
            body = reassemble(source.body, keepers_of, where_it_is + ".body.")
            bypass = None if source.shortcut is None else reassemble(source.shortcut, keepers_of, where_it_is + ".shortcut.")
            built = Residual(body, bypass)
        elif isinstance(source, (Linear, Conv2d)):
            weight = source.weight.copy()
            weight[~keepers_of[where_it_is]] = 0
            bias = None if source.bias is None else source.bias.copy()
            if isinstance(source, Conv2d):
                built = Conv2d(weight, bias, source.stride, source.padding, source.groups)
            else:
                built = Linear(weight, bias)
        elif isinstance(source, (BatchNorm1d, BatchNorm2d)):
            tables = (source.weight, source.bias, source.running_mean, source.running_var)
            built = type(source)(*[array.copy() for array in tables], source.eps)
        else:
            built = copy.copy(source)
        modules_.append(built)
    return Sequential(modules_)


def prune_weights(model, sparsity, scope="layer"):
    ensure_valid(sparsity, scope)
    keepers_of = masks_for(model, sparsity, scope)
    return reassemble(model, keepers_of), {f"{where_it_is}.weight": mask.reshape(-1) for where_it_is, mask in keepers_of.items()}
