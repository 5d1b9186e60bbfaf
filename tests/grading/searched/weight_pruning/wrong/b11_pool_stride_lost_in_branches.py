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
    return ~d


def validate(sparsity, scope):
    if not 0 <= sparsity <= 1:
        raise ValueError("sparsity must be in [0, 1]")
    if scope not in ("layer", "global"):
        raise ValueError("scope must be 'layer' or 'global'")


def rebuild(seq, masks, prefix="", branch=False):
    layers = []
    for i, l in enumerate(seq):
        here = f"{prefix}{i}"
        if isinstance(l, Linear):
            new = Linear(l.weight, l.bias)
        elif isinstance(l, Conv2d):
            new = Conv2d(l.weight, l.bias, l.stride, l.padding, l.groups)
        elif isinstance(l, (BatchNorm1d, BatchNorm2d)):
            new = type(l)(l.weight, l.bias, l.running_mean, l.running_var, l.eps)
        elif isinstance(l, (MaxPool2d, AvgPool2d)) and not branch:
            new = type(l)(l.kernel_size, l.stride)
        elif isinstance(l, Residual):
            new = Residual(rebuild(l.body, masks, here + ".body.", True), None if l.shortcut is None else rebuild(l.shortcut, masks, here + ".shortcut.", True))
        else:
            new = type(l)(*([l.kernel_size] if hasattr(l, 'kernel_size') else []))
        layers.append(new)
    return Sequential(layers)

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
    return rebuild(net, masks), masks
