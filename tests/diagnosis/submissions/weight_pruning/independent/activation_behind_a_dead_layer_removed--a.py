"""Unstructured pruning of Linear and Conv2d weights."""

from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, GELU, Linear, ReLU, Sigmoid, Tanh


def smallest(magn, k):
    # Non-negative floats sort like their bit patterns.
    bits = np.ascontiguousarray(magn).view(f"u{magn.dtype.itemsize}")
    decided = np.zeros(bits.size, dtype=bool)
    np.put(decided, np.argsort(bits, kind="stable")[:k], True)
    return decided


def iter_prunable(net):
    leaves = net.named_modules()
    return [(label, terminal) for label, terminal in leaves if hasattr(terminal, "weight") and not hasattr(terminal, "running_mean")]


def budget_for(sparsity, ordered):
    share_count = Fraction(repr(sparsity)) * ordered
    whole, rest = divmod(share_count, 1)
    return int(whole) + (1 if rest > 0 else 0)


def _check(sparsity, scope):
    problems = []
    if not (sparsity >= 0 and sparsity <= 1):
        problems.append("sparsity")
    if ("layer", "global").count(scope) == 0:
        problems.append("scope")
    if problems:
        raise ValueError("bad " + " and ".join(problems))


def prune_weights(model, sparsity, scope="layer"):
    _check(sparsity, scope)
    answer = model.copy()
    names, owners = zip(*iter_prunable(answer))
    rights = np.cumsum([thing.weight.size for thing in owners]).tolist()
    lefts = [0] + rights[:-1]
    ocean = np.concatenate([thing.weight.reshape(-1) for thing in owners])
    remains = np.ones(ocean.size, dtype=bool)
    windows = zip([0], rights[-1:]) if scope == "global" else zip(lefts, rights)
    for a, b in windows:
        remains[a:b] = ~smallest(np.abs(ocean[a:b]), budget_for(sparsity, b - a))
    ocean[~remains] = 0
    record = {}
    for title, thing, a, b in zip(names, owners, lefts, rights):
        shape = thing.weight.shape
        thing.weight = ocean[a:b].reshape(shape).copy()
        record[f"{title}.weight"] = remains[a:b].reshape(shape).copy()
    stack_of = []
    for mod in answer.layers:
        dead = stack_of and isinstance(stack_of[-1], (Linear, Conv2d)) and not stack_of[-1].weight.any()
        if dead and isinstance(mod, (ReLU, GELU, Tanh, Sigmoid)):
            continue
        stack_of.append(mod)
    answer.layers = stack_of
    return answer, record
