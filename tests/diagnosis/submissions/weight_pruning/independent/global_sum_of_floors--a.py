"""Zero out the smallest weights of a network."""

import copy
import math
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear


def verify_arguments(sparsity, scope):
    bad = not math.isfinite(sparsity) or sparsity < 0 or sparsity > 1
    if bad:
        raise ValueError("the sparsity has to lie in [0, 1]")
    if scope != "layer" and scope != "global":
        raise ValueError("the scope is either layer or global")


def find_layers(root_net):
    todo_stack = [("", root_net)]
    while todo_stack:
        trail, item = todo_stack.pop()
        inner = item.named_children()
        if inner is not None:
            todo_stack.extend(reversed([(f"{trail}.{key}" if trail else key, child) for key, child in inner]))
        elif isinstance(item, (Conv2d, Linear)):
            yield trail, item


def weakest(joined_vec, k):
    numbers = joined_vec.tolist()
    ranking = sorted(range(len(numbers)), key=numbers.__getitem__)
    falls = [False] * len(numbers)
    for place in ranking[:k]:
        falls[place] = True
    return np.array(falls, dtype=bool)


def number_to_prune(sparsity, n):
    return math.floor(Fraction(repr(sparsity)) * n)


def prune_weights(model, sparsity, scope="layer"):
    verify_arguments(sparsity, scope)
    fresh = copy.deepcopy(model)
    candidates = [*find_layers(fresh)]
    scopes = zip(candidates) if scope == "layer" else (candidates,)
    book = {}
    for members in scopes:
        volumes = [leaf_layer.weight.size for _, leaf_layer in members]
        sizes_of_all = np.concatenate([np.abs(leaf_layer.weight).flatten() for _, leaf_layer in members])
        out_flags = weakest(sizes_of_all, sum(number_to_prune(sparsity, n) for n in volumes))
        slices = np.split(out_flags, np.cumsum(volumes)[:-1])
        for (label, leaf_layer), chunk in zip(members, slices):
            stays_here = ~chunk.reshape(leaf_layer.weight.shape)
            leaf_layer.weight[~stays_here] = 0
            book[f"{label}.weight"] = stays_here
    return fresh, book
