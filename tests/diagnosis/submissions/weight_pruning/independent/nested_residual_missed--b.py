"""Unstructured pruning: the least weights go, masks tell which."""

import itertools
from decimal import Decimal

import numpy as np

from judge.nn import Conv2d, Linear, Residual


def absolute(w):
    return np.abs(w).ravel()


def cut_positions(scores, k):
    out_mask = np.zeros(scores.size, dtype=bool)
    out_mask[np.argsort(scores, kind="stable")[:k]] = True
    return out_mask


def quota_of(sparsity, n):
    top, bottom = Decimal(repr(float(sparsity))).as_integer_ratio()
    return (top * n) // bottom


def prune_weights(model, sparsity, scope="layer"):
    inside = sparsity >= 0.0 and sparsity <= 1.0
    if not inside:
        raise ValueError("the fraction must lie between 0 and 1, got %r" % (sparsity,))
    if scope not in {"global", "layer"}:
        raise ValueError("no such scope: " + repr(scope))
    final = model.copy()
    modules = []
    for i, outer in enumerate(final.layers):
        candidates = [(f"{i}.", outer)]
        if isinstance(outer, Residual):
            candidates = [(f"{i}.body.{j}.", inner) for j, inner in enumerate(outer.body)]
            if outer.shortcut is not None:
                candidates += [(f"{i}.shortcut.{j}.", inner) for j, inner in enumerate(outer.shortcut)]
        modules += [(path + "weight", inner) for path, inner in candidates if isinstance(inner, (Linear, Conv2d))]
    if not modules:
        return final, {}

    sizes = [module.weight.size for _, module in modules]
    bounds = [0, *itertools.accumulate(sizes)]
    line_of_scores = np.concatenate([absolute(module.weight) for _, module in modules])
    edges = bounds if scope == "layer" else [0, len(line_of_scores)]
    standing = np.concatenate(
        [~cut_positions(line_of_scores[low:high], quota_of(sparsity, high - low)) for low, high in itertools.pairwise(edges)]
    )
    keep_map = {}
    for (title, module), low, high in zip(modules, bounds, bounds[1:]):
        keep_map[title] = standing[low:high].reshape(module.weight.shape).copy()
        module.weight = np.multiply(module.weight, keep_map[title], dtype=module.weight.dtype)
    return final, keep_map
