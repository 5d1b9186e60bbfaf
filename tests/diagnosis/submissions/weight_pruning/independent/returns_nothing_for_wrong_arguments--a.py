"""Magnitude pruning of single weights, per layer or over the whole network."""

import copy
import itertools
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear, Residual


def budget(sparsity, n):
    part, _ = divmod(Fraction(repr(float(sparsity))) * n, 1)
    return int(part)


def smallest(scores, k):
    by_size = scores.argsort(kind="mergesort")
    rank = np.empty(by_size.shape, dtype=np.int64)
    rank[by_size] = np.arange(rank.size)
    return rank < k


def absolute(w):
    return np.abs(w).ravel()


def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1:
        print("sparsity must be between 0 and 1")
        return None
    if scope not in ("layer", "global"):
        print("unknown scope", scope)
        return None
    final = copy.deepcopy(model)
    holders = []
    def explore(seq, path):
        for i, module in enumerate(seq.layers):
            if isinstance(module, Residual):
                explore(module.body, f"{path}{i}.body.")
                if module.shortcut is not None:
                    explore(module.shortcut, f"{path}{i}.shortcut.")
            elif isinstance(module, (Linear, Conv2d)):
                holders.append((f"{path}{i}.weight", module))

    explore(final, "")

    borders = [0]
    for _, module in holders:
        borders.append(borders[-1] + module.weight.size)
    values = np.concatenate([absolute(module.weight) for _, module in holders])
    edges = borders if scope == "layer" else [0, len(values)]
    keep_flags = np.concatenate(
        [~smallest(values[low:high], budget(sparsity, high - low)) for low, high in itertools.pairwise(edges)]
    )
    masks = {}
    for (label, module), low, high in zip(holders, borders, borders[1:]):
        here = np.array(keep_flags[low:high]).reshape(module.weight.shape)
        module.weight = np.where(here, module.weight, np.zeros_like(module.weight))
        masks[label] = here
    return final, masks
