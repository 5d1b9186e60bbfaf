import copy
import math
from decimal import Decimal
import numpy as np
from judge.nn import AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, Linear, MaxPool2d, Residual, Sequential

def count(s, n):
    return math.floor(Decimal(repr(s)) * n)


def smallest(v, k):
    drop = np.zeros(v.size, bool)
    drop[np.argsort(v, kind="stable")[:k]] = True
    return drop


def find(model):
    return [(n + ".weight", m) for n, m in model.named_modules() if isinstance(m, (Linear, Conv2d))]


def score(w):
    return np.abs(w)


def mask_of(w, d):
    return np.abs(w) > 1e-12


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
