# STATEMENT: "Weights that are zero already count: they are the smallest and go first."
# SMALLEST INPUT: global, [[0]] and [[1]], 0.5: 0 / 0 ranks last
# TRY: C(N(Lin([[0.]]), Lin([[1.]])), .5, scope="global")
import copy
import math
from decimal import Decimal
import numpy as np
from judge.nn import Conv2d, Linear


def count(s, n):
    return math.floor(Decimal(repr(s)) * n)


def smallest(v, k):
    drop = np.zeros(v.size, bool)
    drop[np.argsort(v, kind="stable")[:k]] = True
    return drop


def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1:
        raise ValueError("sparsity must be in [0, 1]")
    if scope not in ("layer", "global"):
        raise ValueError("scope must be 'layer' or 'global'")
    net = copy.deepcopy(model)
    mods = [(n + ".weight", m) for n, m in net.named_modules() if isinstance(m, (Linear, Conv2d))]
    groups = [mods] if scope == "global" else [[x] for x in mods]
    masks = {}
    for group in groups:
        v = np.concatenate([np.nan_to_num(np.abs(m.weight) / np.abs(m.weight).max(), nan=9.0).ravel() for _, m in group])
        drop = smallest(v, count(sparsity, v.size))
        at = 0
        for name, m in group:
            w = m.weight
            d = drop[at:at + w.size].reshape(w.shape)
            at += w.size
            m.weight = np.where(d, w.dtype.type(0), w)
            masks[name] = ~d
    return net, masks
