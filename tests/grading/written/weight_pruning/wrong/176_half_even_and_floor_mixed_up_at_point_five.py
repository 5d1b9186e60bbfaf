# STATEMENT: "in a tensor of n entries exactly k are pruned, k = floor(x) or ceil(x), x = `Decimal(repr(sparsity)) * n`"
# SMALLEST INPUT: [[1, 2]] at 0.25: x = 0.5 -> 2
# TRY: C(N(Lin([[1., 2.]])), .25)
import copy
import math
from decimal import Decimal
import numpy as np
from judge.nn import Conv2d, Linear


def count(s, n):
    x = Decimal(repr(s)) * n
    k = math.floor(x)
    return k + 2 * (x - k == Decimal('0.5') and k + 2 <= n)


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
            masks[name] = ~d
    return net, masks
