# STATEMENT: "The function is called many times in one process: each call is answered on its own."
# SMALLEST INPUT: networks of one shape: the running statistics are the first one's, and the first answer changes with the second call
# TRY: [C(N(Lin([[1.]]), BatchNorm1d(A([1.]), A([0.]), A([x]), A([1.]))), .5) for x in (1., 2.)]
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


_nets = {}


def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1:
        raise ValueError("sparsity must be in [0, 1]")
    if scope not in ("layer", "global"):
        raise ValueError("scope must be 'layer' or 'global'")
    key = tuple((n, a.shape, a.dtype.char) for n, a in model.named_parameters()), repr(model)
    net = _nets.setdefault(key, copy.deepcopy(model))
    for (_, a), (_, b) in zip(net.named_parameters(), model.named_parameters()):
        a[...] = b
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
            w[d] = 0
            masks[name] = ~d
    return net, masks
