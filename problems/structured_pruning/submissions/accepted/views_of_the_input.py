"""Shares memory where it may: what is whole comes back as the input's own arrays, or the input itself at k = 0."""
import math
from decimal import Decimal

import numpy as np
from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Sequential


def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1:
        raise ValueError("ratio")
    if norm not in (1, 2):
        raise ValueError("norm")
    pr = [i for i, l in enumerate(model) if isinstance(l, (Linear, Conv2d))]
    masks = {}
    for i in pr:
        w = model[i].weight
        n = w.shape[0]
        k = 0 if i == pr[-1] else min(math.floor(Decimal(repr(ratio)) * n), n - 1)
        s = np.linalg.norm(w.reshape(n, -1).astype(np.float64), ord=norm, axis=1)
        m = np.ones(n, bool)
        m[np.argsort(s)[:k]] = False
        masks[f"{i}.weight"] = m
    if all(m.all() for m in masks.values()):
        return model, masks

    def cut(array, mask, axis=0):
        if mask is None or mask.all():
            return array
        wide = np.repeat(mask, array.shape[axis] // mask.size)
        where = np.flatnonzero(wide)
        if where[-1] - where[0] + 1 == where.size:  # one run: a view will do
            index = slice(int(where[0]), int(where[-1]) + 1)
        else:
            index = where
        return array[index] if axis == 0 else array[:, index]

    layers, live = [], None
    for i, l in enumerate(model):
        if i in pr:
            m = masks[f"{i}.weight"]
            w = cut(cut(l.weight, live, 1), m)
            b = None if l.bias is None else cut(l.bias, m)
            layers.append(Linear(w, b) if isinstance(l, Linear) else Conv2d(w, b, l.stride, l.padding))
            live = m
        elif isinstance(l, (BatchNorm1d, BatchNorm2d)):
            layers.append(type(l)(cut(l.weight, live), cut(l.bias, live), cut(l.running_mean, live),
                                  cut(l.running_var, live), l.eps))
        else:
            layers.append(l)
    return Sequential(layers), masks
