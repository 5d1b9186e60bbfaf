"""Return a sparse copy of a network together with its masks."""

import math
from fractions import Fraction

import numpy as np


def iter_prunable(thing, path=()):
    inner = thing.named_children()
    if inner is None:
        weight = getattr(thing, "weight", None)
        if weight is not None and weight.ndim in (2, 4):
            yield ".".join(path), thing
        return
    for key, child in inner:
        yield from iter_prunable(child, (*path, key))


def pick_dropped(joined_vec, k):
    numbers = joined_vec.tolist()
    ranking = sorted(range(len(numbers)), key=numbers.__getitem__)
    lost = [False] * len(numbers)
    for place in ranking[:k]:
        lost[place] = True
    return np.array(lost, dtype=bool)


def refuse_nonsense(sparsity, scope):
    problems = []
    if not (sparsity >= 0 and sparsity <= 1):
        problems.append("sparsity")
    if ("layer", "global").count(scope) == 0:
        problems.append("scope")
    if problems:
        raise ValueError("bad " + " and ".join(problems))


def how_many(sparsity, n):
    return math.floor(Fraction(repr(sparsity)) * n)


def prune_weights(model, sparsity, scope="layer"):
    refuse_nonsense(sparsity, scope)
    slim = model.copy()
    names, owners = zip(*iter_prunable(slim))
    rights = np.cumsum([node.weight.size for node in owners]).tolist()
    starts = [0] + rights[:-1]
    ribbon = np.concatenate([node.weight.reshape(-1) for node in owners])
    remains = np.ones(ribbon.size, dtype=bool)
    spans = zip([0], rights[-1:]) if scope == "global" else zip(starts, rights)
    for a, b in spans:
        remains[a:b] = ~pick_dropped(abs(ribbon[a:b]), how_many(sparsity, b - a))
    ribbon[~remains] = 0
    all_masks = {}
    for where_it_is, node, a, b in zip(names, owners, starts, rights):
        shape = node.weight.shape
        node.weight = ribbon[a:b].reshape(shape).copy()
        all_masks[f"{where_it_is}.weight"] = remains[a:b].reshape(shape).astype(object)
    return slim, all_masks
