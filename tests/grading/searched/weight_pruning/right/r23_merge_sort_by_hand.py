import copy
import math
from decimal import Decimal
import numpy as np
from judge.nn import AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, Linear, MaxPool2d, Residual, Sequential

def count(s, n):
    return math.floor(Decimal(repr(s)) * n)


def smallest(v, k):
    a = v.tolist()
    runs = [[i] for i in range(len(a))]
    while len(runs) > 1:
        merged = []
        for x, y in zip(runs[::2], runs[1::2]):
            out, i, j = [], 0, 0
            while i < len(x) and j < len(y):
                if a[x[i]] <= a[y[j]]:
                    out.append(x[i]); i += 1
                else:
                    out.append(y[j]); j += 1
            merged.append(out + x[i:] + y[j:])
        if len(runs) % 2:
            merged.append(runs[-1])
        runs = merged
    drop = np.zeros(v.size, bool)
    drop[runs[0][:k]] = True
    return drop


def find(model):
    return [(n + ".weight", m) for n, m in model.named_modules() if isinstance(m, (Linear, Conv2d))]


def score(w):
    return np.abs(w)


def mask_of(w, d):
    return ~d


def validate(sparsity, scope):
    if not 0 <= sparsity <= 1:
        raise ValueError("sparsity must be in [0, 1]")
    if scope not in ("layer", "global"):
        raise ValueError("scope must be 'layer' or 'global'")

def prune_weights(model, sparsity, scope="layer"):
    validate(sparsity, scope)
    net = copy.deepcopy(model)
    mods = find(net)
    groups = [mods] if scope == "global" else [[x] for x in mods]
    masks = {}
    for group in groups:
        v = np.concatenate([score(m.weight).ravel() for _, m in group])
        drop = smallest(v, count(sparsity, v.size))
        at = 0
        for name, m in group:
            w = m.weight
            d = drop[at:at + w.size].reshape(w.shape)
            at += w.size
            m.weight = np.where(d, w.dtype.type(0), w)
            masks[name] = mask_of(m.weight, d)
    return net, masks
