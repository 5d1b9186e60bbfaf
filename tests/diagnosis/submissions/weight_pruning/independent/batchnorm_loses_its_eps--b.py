"""Zero out the smallest weights of a network."""

import decimal
from decimal import Decimal

import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Sequential


def prunable(node, path=()):
    children = node.named_children()
    if children is None:
        weight = getattr(node, "weight", None)
        if weight is not None and weight.ndim in (2, 4):
            yield ".".join(path), node
        return
    for key, child in children:
        yield from prunable(child, (*path, key))


def verify_arguments(sparsity, scope):
    problems = []
    if not (sparsity >= 0 and sparsity <= 1):
        problems.append("sparsity")
    if ("layer", "global").count(scope) == 0:
        problems.append("scope")
    if problems:
        raise ValueError("bad " + " and ".join(problems))


def lowest(vector, k):
    numbers = vector.tolist()
    ranking = sorted(range(len(numbers)), key=numbers.__getitem__)
    lost = [False] * len(numbers)
    for place in ranking[:k]:
        lost[place] = True
    return np.array(lost, dtype=bool)


def pruned_count(share, total):
    precise = Decimal(repr(share)) * total
    return int(precise.to_integral_value(rounding=decimal.ROUND_CEILING))


def replicate(item, masks, path=""):
    """A copy of the network below item in which masked weights are zero."""
    after = object.__new__(type(item))
    for attribute, value in vars(item).items():
        if isinstance(value, np.ndarray):
            value = value.copy()
        elif isinstance(value, Sequential):
            value = replicate(value, masks, f"{path}{attribute}.")
        elif attribute == "layers":
            value = [replicate(child, masks, f"{path}{i}.") for i, child in enumerate(value)]
        setattr(after, attribute, value)
    if isinstance(item, (BatchNorm1d, BatchNorm2d)):
        after = type(item)(after.weight, after.bias, after.running_mean, after.running_var)
    key = path + "weight"
    if key in masks:
        after.weight = np.where(masks[key], after.weight, np.zeros((), after.weight.dtype))
    return after


def prune_weights(model, sparsity, scope="layer"):
    verify_arguments(sparsity, scope)
    weights = {f"{title}.weight": unit.weight for title, unit in prunable(model)}
    masks = {key: np.ones(w.shape, dtype=bool) for key, w in weights.items()}
    jobs = [tuple(weights)] if scope == "global" else zip(weights)
    for keys in jobs:
        source_of = np.repeat(np.arange(len(keys)), [weights[key].size for key in keys])
        abs_w = np.concatenate([np.fabs(weights[key]).ravel() for key in keys])
        leaving = lowest(abs_w, pruned_count(sparsity, abs_w.size))
        for i, key in enumerate(keys):
            masks[key] = ~leaving[source_of == i].reshape(weights[key].shape)
    return replicate(model, masks), masks
