# STATEMENT: "`"layer"` ranks each weight tensor on its own"
# SMALLEST INPUT: [[1, 2], [3, 4]], 0.5: one a row
# TRY: C(N(Lin([[1., 2.], [3., 4.]])), .5)
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
        v = np.concatenate([np.abs(m.weight).ravel() for _, m in group])
        k = count(sparsity, v.size)
        rows = group[0][1].weight.shape[0]
        if len(group) == 1 and k % rows == 0:
            drop = np.concatenate([smallest(r, k // rows) for r in v.reshape(rows, -1)])
        else:
            drop = smallest(v, k)
        at = 0
        for name, m in group:
            w = m.weight
            d = drop[at:at + w.size].reshape(w.shape)
            at += w.size
            m.weight = np.where(d, w.dtype.type(0), w)
            masks[name] = ~d
    return net, masks
