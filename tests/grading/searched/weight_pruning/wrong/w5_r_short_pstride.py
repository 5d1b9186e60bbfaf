import copy
import math
from decimal import Decimal

import numpy as np

from judge.nn import *


def count(s, n):
    return math.floor(Decimal(repr(s)) * n)


def check(sparsity, scope):
    if not 0 <= sparsity <= 1:
        raise ValueError("sparsity must lie in [0, 1]")
    if scope not in ("layer", "global"):
        raise ValueError("unknown scope")


def find(model):
    return [(n + ".weight", m) for n, m in model.named_modules() if isinstance(m, (Linear, Conv2d))]


def dtype_of(L):
    w = getattr(L, "weight", None)
    return None if w is None else w.dtype


def copy_of(L, depth=0, part="", at=0, last=False, prev=None, dt=None):
    slip = part.endswith('s')
    if isinstance(L, Residual):
        body = seq(L.body, depth + 1, part + "b")
        short = None if L.shortcut is None else seq(L.shortcut, depth + 1, part + "s")
        pass
        return Residual(body, short)
    if isinstance(L, (Linear, Conv2d)):
        b = None if L.bias is None else L.bias.copy()
        w = L.weight.copy()
        if isinstance(L, Linear):
            pass
            return Linear(w, b)
        stride, padding, groups = L.stride, L.padding, L.groups
        pass
        return Conv2d(w, b, stride, padding, groups)
    if isinstance(L, (BatchNorm1d, BatchNorm2d)):
        w, b, m, v, eps = L.weight.copy(), L.bias.copy(), L.running_mean.copy(), L.running_var.copy(), L.eps
        pass
        return type(L)(w, b, m, v, eps)
    if isinstance(L, (MaxPool2d, AvgPool2d)):
        cls, k, s = type(L), L.kernel_size, L.stride
        s = k if slip else s
        return cls(k, s)
    cls = type(L)
    pass
    return cls()


def seq(model, depth=0, part=""):
    n = len(model.layers)
    return Sequential([copy_of(L, depth, part, i, i == n - 1, model.layers[i - 1] if i else None) for i, L in enumerate(model.layers)])


def prune_weights(model, sparsity, scope="layer"):
    check(sparsity, scope)
    net = seq(model)
    mods = find(net)
    masks = {}
    for group in [mods] if scope == "global" else [[x] for x in mods]:
        v = np.concatenate([np.abs(m.weight).ravel() for _, m in group])
        keep = np.ones(v.size, bool)
        keep[np.argsort(v, kind="stable")[:count(sparsity, v.size)]] = False
        at = 0
        for name, m in group:
            masks[name] = keep[at:at + m.weight.size].reshape(m.weight.shape)
            at += m.weight.size
            m.weight = np.where(masks[name], m.weight, m.weight.dtype.type(0))
    return net, masks
