"""Magnitude pruning, by layer or over the whole network."""

import copy
import decimal
import itertools
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear


def weakest(magnitude, k):
    if k == 0:
        return np.zeros(magnitude.shape, dtype=bool)
    cut = np.partition(magnitude, k - 1)[k - 1]
    out = magnitude < cut
    same = np.flatnonzero(magnitude == cut)
    out[same[: k - np.count_nonzero(out)]] = True
    return out


def targets_of(top):
    for name, layer in top.named_modules():
        if isinstance(layer, (Linear, Conv2d)):
            yield name, layer


def ensure_valid(sparsity, scope):
    problems = []
    if not (sparsity >= 0 and sparsity <= 1):
        problems.append("sparsity")
    if ("layer", "global").count(scope) == 0:
        problems.append("scope")
    if problems:
        raise ValueError("bad " + " and ".join(problems))


def number_to_prune(share, total):
    product = Decimal(repr(share)) * total
    return int(product.to_integral_value(rounding=decimal.ROUND_CEILING))


def line_up(tensors):
    return np.concatenate([np.abs(w).flatten() for w in tensors])


def cut_up(vec1, tensors):
    """Cut one long vec1 into arrays of the tensors' shapes."""
    rest = vec1
    for w in tensors:
        head, rest = rest[: w.size], rest[w.size :]
        yield head.reshape(w.shape)


def staying(tensors, sparsity):
    vec1 = line_up(tensors)
    return cut_up(~weakest(vec1, number_to_prune(sparsity, vec1.size)), tensors)


def prune_weights(model, sparsity, scope="layer"):
    ensure_valid(sparsity, scope)
    pruned = copy.deepcopy(model)
    entries_list = [*targets_of(pruned)]
    tensors = [module.weight for _, module in entries_list]
    lots = ([w] for w in tensors) if scope == "layer" else iter([tensors])
    held = itertools.chain.from_iterable(staying(crowd, sparsity) for crowd in lots)
    book = {}
    for (title, module), m in zip(entries_list, held):
        np.putmask(module.weight, ~m, 0)
        book[f"{title}.weight"] = m.copy()
        if module.bias is not None:
            book[f"{title}.bias"] = np.ones_like(module.bias, dtype=bool)
    return pruned, book
