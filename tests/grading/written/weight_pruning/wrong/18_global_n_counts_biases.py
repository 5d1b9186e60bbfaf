# STATEMENT: "Globally: the same with n the total number of prunable weights, and one k."
# SMALLEST INPUT: two layers of one weight, one bias; 0.5: 1.5 -> 1 is right by chance, 0.7: floor(2.1) = 2 is right too; two biases, 0.5: 2 of 2
# TRY: C(N(Lin([[2.]], [1.]), Lin([[1.]], [1.])), .5, scope="global")
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
        n = v.size if len(group) == 1 else sum(a.size for _, a in net.named_parameters())
        drop = smallest(v, min(v.size, count(sparsity, n)))
        at = 0
        for name, m in group:
            w = m.weight
            d = drop[at:at + w.size].reshape(w.shape)
            at += w.size
            m.weight = np.where(d, w.dtype.type(0), w)
            masks[name] = ~d
    return net, masks
