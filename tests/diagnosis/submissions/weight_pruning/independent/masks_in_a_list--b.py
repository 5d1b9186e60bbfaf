"""Zero out the smallest weights of a network."""

import math
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear, Sequential


def exact_count(fraction, strength):
    top, bottom = Decimal(repr(fraction)).as_integer_ratio()
    return top * strength // bottom


def _check(sparsity, scope):
    bad = not math.isfinite(sparsity) or sparsity < 0 or sparsity > 1
    if bad:
        raise ValueError("the sparsity has to lie in [0, 1]")
    if scope != "layer" and scope != "global":
        raise ValueError("the scope is either layer or global")


def weakest(joined_vec, k):
    numbers = joined_vec.tolist()
    ranking = sorted(range(len(numbers)), key=numbers.__getitem__)
    lost = [False] * len(numbers)
    for place in ranking[:k]:
        lost[place] = True
    return np.array(lost, dtype=bool)


def targets_of(root_net):
    todo_stack = [("", root_net)]
    while todo_stack:
        trail, item = todo_stack.pop()
        kids = item.named_children()
        if kids is not None:
            todo_stack.extend(reversed([(f"{trail}.{key}" if trail else key, child) for key, child in kids]))
        elif isinstance(item, (Conv2d, Linear)):
            yield trail, item


def replicate(node, masks, path=""):
    """A copy of the network below node in which masked weights are zero."""
    new = object.__new__(type(node))
    for attribute, value in vars(node).items():
        if isinstance(value, np.ndarray):
            value = value.copy()
        elif isinstance(value, Sequential):
            value = replicate(value, masks, f"{path}{attribute}.")
        elif attribute == "layers":
            value = [replicate(child, masks, f"{path}{i}.") for i, child in enumerate(value)]
        setattr(new, attribute, value)
    key = path + "weight"
    if key in masks:
        new.weight = np.where(masks[key], new.weight, np.zeros((), new.weight.dtype))
    return new


def prune_weights(model, sparsity, scope="layer"):
    _check(sparsity, scope)
    weights = {f"{name}.weight": layer.weight for name, layer in targets_of(model)}
    masks = {key: np.ones(w.shape, dtype=bool) for key, w in weights.items()}
    jobs = [tuple(weights)] if scope == "global" else zip(weights)
    for members_of in jobs:
        source_of = np.repeat(np.arange(len(members_of)), [weights[key].size for key in members_of])
        amounts = np.concatenate([abs(weights[key]).reshape(-1) for key in members_of])
        lost = weakest(amounts, exact_count(sparsity, amounts.size))
        for i, key in enumerate(members_of):
            masks[key] = ~lost[source_of == i].reshape(weights[key].shape)
    return replicate(model, masks), [masks[key] for key in weights]
