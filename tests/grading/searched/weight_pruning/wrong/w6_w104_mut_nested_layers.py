import copy
import math
from decimal import Decimal
import numpy as np
from judge.nn import *


def check(s, scope):
    if not 0 <= s <= 1:
        raise ValueError("sparsity")
    if scope not in ("layer", "global"):
        raise ValueError("scope")


def count(s, n, a=None):
    return int(Decimal(repr(s)) * n)


def score(w):
    return np.abs(w).ravel()


def choose(a, k):
    keep = np.ones(a.size, bool)
    keep[np.argsort(a, kind="stable")[:k]] = False
    return keep


def walk(seq, prefix=""):
    for i, l in enumerate(seq.layers):
        name = prefix + str(i)
        if isinstance(l, (Linear, Conv2d)):
            yield name + ".weight", l
        elif isinstance(l, Residual):
            yield from walk(l.body, name + ".body.")
            if l.shortcut is not None:
                yield from walk(l.shortcut, name + ".shortcut.")


def dup(model):
    return copy.deepcopy(model)


def apply(l, m):
    l.weight = np.where(m, l.weight, 0)
    return m


def prune_weights(model, sparsity, scope="layer"):
    check(sparsity, scope)
    new = dup(model)
    items = list(walk(new))
    masks = {}
    for group in ([items] if scope == "global" else [[x] for x in items]):
        a = np.concatenate([score(l.weight) for _, l in group])
        keep = choose(a, count(sparsity, a.size, a))
        pos = 0
        for name, l in group:
            m = keep[pos:pos + l.weight.size].reshape(l.weight.shape)
            pos += l.weight.size
            masks[name] = apply(l, m)
    for l in model:
        if isinstance(l, Residual) and len(l.body) > 1 and isinstance(l.body[-1], ReLU): l.body.layers.pop()
    return new, masks
