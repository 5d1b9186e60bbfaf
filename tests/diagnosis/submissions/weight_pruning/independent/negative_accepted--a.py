"""Thin out a trained network by the size of its weights."""

import copy
import itertools
import math
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear, Residual


def check_arguments(sparsity, scope):
    if not sparsity <= 1:
        raise ValueError("sparsity above 1")
    if scope != "layer" and scope != "global":
        raise ValueError("scope is 'layer' or 'global'")


def target_count(sparsity, n):
    return math.floor(Fraction(repr(float(sparsity))) * n)


def select(scores, k):
    drop = np.zeros(scores.size, dtype=bool)
    drop[np.argsort(scores, kind="stable")[:k]] = True
    return drop


def absolute(w):
    return np.fabs(w, dtype=np.float64).flatten()


def prune_weights(model, sparsity, scope="layer"):
    check_arguments(sparsity, scope)
    res = copy.deepcopy(model)
    holders = []
    def explore(seq, path):
        for i, module in enumerate(seq.layers):
            if isinstance(module, Residual):
                explore(module.body, f"{path}{i}.body.")
                if module.shortcut is not None:
                    explore(module.shortcut, f"{path}{i}.shortcut.")
            elif isinstance(module, (Linear, Conv2d)):
                holders.append((f"{path}{i}.weight", module))

    explore(res, "")

    sizes = [module.weight.size for _, module in holders]
    borders = [0, *itertools.accumulate(sizes)]
    strengths = np.concatenate([absolute(module.weight) for _, module in holders])
    spans = list(zip(borders, borders[1:])) if scope == "layer" else [(0, strengths.size)]
    standing = np.ones(strengths.size, dtype=bool)
    for first, last in spans:
        standing[first:last][select(strengths[first:last], target_count(sparsity, last - first))] = False
    keep_map = {}
    for (title, module), low, high in zip(holders, borders, borders[1:]):
        here = np.array(standing[low:high]).reshape(module.weight.shape)
        module.weight = np.where(here, module.weight, np.zeros_like(module.weight))
        keep_map[title] = here
    return res, keep_map
