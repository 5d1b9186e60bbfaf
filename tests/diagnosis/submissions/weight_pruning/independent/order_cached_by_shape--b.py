"""Magnitude pruning of single weights, per layer or over the whole network."""

import copy
import itertools
import math
from decimal import ROUND_FLOOR, Decimal

import numpy as np

from judge.nn import Conv2d, Linear, Residual


class Rankings(dict):
    """Sorting is the dear part: do it once."""

    def of(self, layout, scores):
        known = self.get(layout)
        if known is None:
            known = self[layout] = sorted(range(scores.size), key=scores.tolist().__getitem__)
        return known


RANKINGS = Rankings()


def count_for(sparsity, n):
    exact = Decimal(repr(float(sparsity))) * n
    return int(exact.to_integral_value(rounding=ROUND_FLOOR))


def select(scores, k, layout):
    flags = np.full(scores.size, False)
    for place in RANKINGS.of(layout, scores)[:k]:
        flags[place] = True
    return flags


def saliency(w):
    return np.abs(w.astype(np.float64)).reshape(-1)


def prune_weights(model, sparsity, scope="layer"):
    if scope not in ("layer", "global"):
        raise ValueError(f"unknown scope {scope!r}")
    if not (math.isfinite(sparsity) and abs(sparsity - 0.5) <= 0.5 and sparsity >= 0):
        raise ValueError("bad sparsity")
    res = copy.deepcopy(model)
    modules = []
    def explore(seq, path):
        for i, module in enumerate(seq.layers):
            if isinstance(module, Residual):
                explore(module.body, f"{path}{i}.body.")
                if module.shortcut is not None:
                    explore(module.shortcut, f"{path}{i}.shortcut.")
            elif isinstance(module, (Linear, Conv2d)):
                modules.append((f"{path}{i}.weight", module))

    explore(res, "")

    sizes = [module.weight.size for _, module in modules]
    layout = tuple(module.weight.shape for _, module in modules)
    offsets = [0, *itertools.accumulate(sizes)]
    values = np.concatenate([saliency(module.weight) for _, module in modules])
    if scope == "layer":
        picked = [
            low + np.flatnonzero(select(values[low:high], count_for(sparsity, high - low), (*layout, low, high)))
            for low, high in zip(offsets, offsets[1:])
        ]
        selected = np.concatenate(picked)
    else:
        selected = np.flatnonzero(select(values, count_for(sparsity, values.size), layout))

    standing = np.ones(values.size, dtype=bool)
    standing[selected] = False
    masks = {}
    for (title, module), low, high in zip(modules, offsets, offsets[1:]):
        fresh = module.weight.flatten()
        fresh[~standing[low:high]] = 0
        module.weight = fresh.reshape(module.weight.shape)
        masks[title] = standing[low:high].reshape(module.weight.shape).copy()
    return res, masks
