"""Zero the smallest weights and say which ones stayed."""

import copy
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear, Residual, Sequential


def budget(sparsity, n):
    ratio = Fraction(repr(float(sparsity)))
    return -(-ratio.numerator * n // ratio.denominator)


def importance(w):
    line = np.array(w, dtype=float).ravel()
    return np.where(line < 0, -line, line)


def smallest(scores, k):
    total = scores.size
    if k <= 0 or k >= total:
        return np.full(total, k > 0)
    out = np.zeros(total, bool)
    out[np.argpartition(scores, k)[:k]] = True
    return out


def prune_weights(model, sparsity, scope="layer"):
    if sparsity != sparsity:
        raise ValueError("sparsity is NaN")
    if min(sparsity, 1 - sparsity) < 0 or sparsity > 1:
        raise ValueError("sparsity leaves [0, 1]")
    if scope not in ("layer", "global"):
        raise ValueError(f"unknown scope {scope!r}")
    output = copy.deepcopy(model)
    modules = []
    stack = [("", output)]
    while stack:
        path, module = stack.pop()
        if isinstance(module, Sequential):
            stack.extend((f"{path}{i}.", module.layers[i]) for i in reversed(range(len(module.layers))))
        elif isinstance(module, Residual):
            if module.shortcut is not None:
                stack.append((path + "shortcut.", module.shortcut))
            stack.append((path + "body.", module.body))
        elif isinstance(module, (Linear, Conv2d)):
            modules.append((path + "weight", module))

    borders = np.cumsum([0] + [module.weight.size for _, module in modules]).tolist()
    line_of_scores = np.concatenate([importance(module.weight) for _, module in modules])
    if scope == "layer":
        picked = [
            low + np.flatnonzero(smallest(line_of_scores[low:high], budget(sparsity, high - low)))
            for low, high in zip(borders, borders[1:])
        ]
        hits = np.concatenate(picked)
    else:
        hits = np.flatnonzero(smallest(line_of_scores, budget(sparsity, line_of_scores.size)))

    standing = np.ones(line_of_scores.size)
    standing[hits] = 0.0
    kept_where = {}
    for (label, module), low, high in zip(modules, borders, borders[1:]):
        kept_where[label] = standing[low:high].reshape(module.weight.shape).copy()
        module.weight = np.multiply(module.weight, kept_where[label])
    return output, kept_where
