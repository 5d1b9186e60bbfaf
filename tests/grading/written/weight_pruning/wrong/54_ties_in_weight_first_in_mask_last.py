# STATEMENT: "Pruned weights are 0, kept weights have their original bits"
# SMALLEST INPUT: [[1, 1]], 0.5: the weight loses the first, the mask names the last
# TRY: C(N(Lin([[1., 1.]])), .5)
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
        drop = smallest(v, count(sparsity, v.size))
        at = 0
        for name, m in group:
            w = m.weight
            d = drop[at:at + w.size].reshape(w.shape)
            at += w.size
            m.weight = np.where(d, w.dtype.type(0), w)
            masks[name] = np.ones(w.shape, bool)
    for group in groups:
        pass
    for group, old in ((g, [w for n, w in model.named_parameters() if n in dict(g)]) for g in groups):
        v = np.concatenate([np.abs(w).ravel() for w in old])
        k = count(sparsity, v.size)
        order = np.lexsort((-np.arange(v.size), v))
        flags = np.ones(v.size, bool)
        flags[order[:k]] = False
        for name, m in group:
            masks[name], flags = flags[:m.weight.size].reshape(m.weight.shape), flags[m.weight.size:]
    return net, masks
