"""Exact norms in integers: every float times 2**1100 is an integer; ties then are true ties."""
from __future__ import annotations

import copy
from fractions import Fraction

import numpy as np

from judge.nn import *


def as_int(v: float) -> int:
    n, d = abs(v).as_integer_ratio()
    return (n << 1100) // d


def prune_structured(model: Sequential, ratio: float, norm: int = 1) -> list:
    if norm not in {1, 2}:
        raise ValueError(norm)
    if not 0.0 <= ratio < 1.0:
        raise ValueError(ratio)
    m = copy.deepcopy(model)
    prun = [(i, l) for i, l in enumerate(m) if type(l) in (Linear, Conv2d)]
    masks = {f"{i}.weight": np.ones(l.weight.shape[0], dtype=np.int8) for i, l in prun}
    for i, l in prun[:-1]:
        out = l.weight.shape[0]
        k = min(Fraction(repr(ratio)) * out // 1, out - 1)
        exact = [sum(as_int(v) ** norm for v in row.ravel().tolist()) for row in l.weight]
        for c in sorted(range(out), key=exact.__getitem__)[:k]:
            masks[f"{i}.weight"][c] = 0
    for (i, l), follow in zip(prun, prun[1:]):
        mask = masks[f"{i}.weight"].astype(bool)
        n = mask.size
        for l2 in m[i + 1 : follow[0]]:
            if isinstance(l2, (BatchNorm1d, BatchNorm2d)):
                for a in "weight bias running_mean running_var".split():
                    v = getattr(l2, a)
                    setattr(l2, a, v.reshape(n, -1)[mask].reshape(-1))
        w = follow[1].weight
        if w.ndim == 4:
            follow[1].weight = w[:, mask]
        else:
            follow[1].weight = w.reshape(w.shape[0], n, -1)[:, mask].reshape(w.shape[0], -1)
    for i, l in prun[:-1]:
        mask = masks[f"{i}.weight"].astype(bool)
        l.weight = l.weight[mask]
        if l.bias is not None:
            l.bias = l.bias[mask]
    return [m, masks]
