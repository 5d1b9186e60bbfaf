"""Subclasses of Sequential and the layers that carry what the pruning needs."""
import math
from decimal import Decimal

import numpy as np
from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Sequential


class Pruned(Sequential):
    """A network that remembers what was taken out of it."""

    def __init__(self, layers, history):
        super().__init__(layers)
        self.history = history

    def __call__(self, x):
        raise RuntimeError("not meant to be run")


class SmallLinear(Linear):
    removed = 0


class SmallConv(Conv2d):
    removed = 0


def expand(keep, n):
    return np.ones(n, bool) if keep is None else np.repeat(keep, n // len(keep))


def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1:
        raise ValueError("ratio")
    if norm not in (1, 2):
        raise ValueError("norm")
    weights = [(i, l.weight) for i, l in enumerate(model) if isinstance(l, (Linear, Conv2d))]
    masks = {}
    for i, w in weights:
        n = len(w)
        k = min(math.floor(Decimal(repr(ratio)) * n), n - 1) if i != weights[-1][0] else 0
        s = (np.abs(w.astype(np.float64)) ** norm).reshape(n, -1).sum(1) ** (1 / norm)
        masks[f"{i}.weight"] = np.ones(n, bool)
        masks[f"{i}.weight"][s.argsort()[:k]] = False
    layers, keep = [], None
    for i, l in enumerate(model):
        if isinstance(l, (Linear, Conv2d)):
            m = masks[f"{i}.weight"]
            w = l.weight[:, expand(keep, l.weight.shape[1])][m]
            b = l.bias[m] if l.bias is not None else None
            new = SmallLinear(w, b) if isinstance(l, Linear) else SmallConv(w, b, l.stride, l.padding, l.groups)
            new.removed = int((~m).sum())
            keep = m
        elif isinstance(l, (BatchNorm1d, BatchNorm2d)):
            e = expand(keep, l.num_features)
            new = type(l)(l.weight[e], l.bias[e], l.running_mean[e], l.running_var[e], eps=l.eps)
        else:
            new = l
        layers.append(new)
    return Pruned(layers, ["pruned once"]), masks
