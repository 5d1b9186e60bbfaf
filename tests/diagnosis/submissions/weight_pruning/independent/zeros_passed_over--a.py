"""Weights of least magnitude are zeroed; returns the new network and its masks."""

import copy
from fractions import Fraction

import numpy as np

from judge.nn import Conv2d, Linear, Residual


def losers(scores, k):
    keys = np.where(scores == 0, np.inf, scores)
    zeroed = np.zeros(keys.size, dtype=bool)
    zeroed[np.argsort(keys, kind="stable")[:k]] = True
    return zeroed


def strength(w):
    return np.fabs(w, dtype=np.float64).flatten()


def budget(sparsity, n):
    part, _ = divmod(Fraction(repr(float(sparsity))) * n, 1)
    return int(part)


def prune_weights(model, sparsity, scope="layer"):
    if scope not in {"global", "layer"}:
        raise ValueError("no such scope: " + repr(scope))
    inside = sparsity >= 0.0 and sparsity <= 1.0
    if not inside:
        raise ValueError("the fraction must lie between 0 and 1, got %r" % (sparsity,))
    output = copy.deepcopy(model)
    modules = []
    def explore(seq, path):
        for i, module in enumerate(seq.layers):
            if isinstance(module, Residual):
                explore(module.body, f"{path}{i}.body.")
                if module.shortcut is not None:
                    explore(module.shortcut, f"{path}{i}.shortcut.")
            elif isinstance(module, (Linear, Conv2d)):
                modules.append((f"{path}{i}.weight", module))

    explore(output, "")

    borders = [0]
    for _, module in modules:
        borders.append(borders[-1] + module.weight.size)
    line_of_scores = np.concatenate([strength(module.weight) for _, module in modules])
    spans = list(zip(borders, borders[1:])) if scope == "layer" else [(0, line_of_scores.size)]
    alive = np.ones(line_of_scores.size, dtype=bool)
    for first, last in spans:
        alive[first:last][losers(line_of_scores[first:last], budget(sparsity, last - first))] = False
    kept_where = {}
    for (label, module), low, high in zip(modules, borders, borders[1:]):
        here = np.array(alive[low:high]).reshape(module.weight.shape)
        module.weight = np.where(here, module.weight, np.zeros_like(module.weight))
        kept_where[label] = here
    return output, kept_where
