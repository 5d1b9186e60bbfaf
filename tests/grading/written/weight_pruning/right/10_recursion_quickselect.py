"""Recursive walk, iterative three-way quickselect by hand."""
import math
import random
from fractions import Fraction
import numpy as np
from judge.nn import Conv2d, Linear, Residual, Sequential
import copy


def kth(values, k):
    """k-th smallest (from 1) and how many are strictly below it."""
    below = 0
    while True:
        p = random.choice(values)
        lo = [v for v in values if v < p]
        eq = sum(1 for v in values if v == p)
        if k <= len(lo):
            values = lo
        elif k <= len(lo) + eq:
            return p, below + len(lo)
        else:
            k -= len(lo) + eq
            below += len(lo) + eq
            values = [v for v in values if v > p]


def choose(values, k):
    if k == 0:
        return [True] * len(values)
    cut, below = kth(values, k)
    left = k - below
    keep = []
    for v in values:
        if v < cut:
            keep.append(False)
        elif v == cut and left:
            left -= 1
            keep.append(False)
        else:
            keep.append(True)
    return keep


def visit(node, path, out):
    if isinstance(node, Sequential):
        for i, child in enumerate(node):
            visit(child, path + (str(i),), out)
    elif isinstance(node, Residual):
        visit(node.body, path + ("body",), out)
        if node.shortcut:
            visit(node.shortcut, path + ("shortcut",), out)
    elif isinstance(node, (Linear, Conv2d)):
        out.append((".".join(path + ("weight",)), node))


def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1:
        raise ValueError("sparsity")
    if scope not in ("layer", "global"):
        raise ValueError("scope")
    model = copy.deepcopy(model)
    found = []
    visit(model, (), found)
    lists = [np.abs(m.weight).ravel().tolist() for _, m in found]
    number = lambda n: math.ceil(Fraction(str(sparsity)) * n)
    if scope == "layer":
        keeps = [choose(v, number(len(v))) for v in lists]
    else:
        joined = sum(lists, [])
        flags = iter(choose(joined, number(len(joined))))
        keeps = [[next(flags) for _ in v] for v in lists]
    masks = {}
    for (name, m), keep in zip(found, keeps):
        masks[name] = np.array(keep).reshape(m.weight.shape)
        m.weight = np.where(masks[name], m.weight, 0).astype(m.weight.dtype)
    return model, masks
