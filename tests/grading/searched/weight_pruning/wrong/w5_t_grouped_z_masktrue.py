
import copy
import math
from decimal import Decimal

import numpy as np

from judge.nn import *


def walk(model, prefix="", depth=0, part=""):
    for i, L in enumerate(model.layers):
        if isinstance(L, (Linear, Conv2d)):
            yield prefix + str(i) + ".weight", L, depth, part
        elif isinstance(L, Residual):
            yield from walk(L.body, prefix + str(i) + ".body.", depth + 1, part + "b")
            if L.shortcut is not None:
                yield from walk(L.shortcut, prefix + str(i) + ".shortcut.", depth + 1, part + "s")


def good_count(s, n):
    return math.floor(Decimal(repr(s)) * n)


def count(s, n):
    return good_count(s, n)


def score(w):
    return np.abs(w)


def flat(a, w):
    return a.ravel()


def select(v, k, raw):
    drop = np.zeros(v.size, bool)
    drop[np.argsort(v, kind="stable")[:k]] = True
    return drop


def unflat(d, w):
    return d.reshape(w.shape)


def put(w, d):
    return np.where(d, w.dtype.type(0), w)


def mask_of(w, d):
    return ~d


def finish(L, name, masks):
    pass

good = dict(count=count, score=score, flat=flat, select=select, unflat=unflat, put=put, mask_of=mask_of, finish=finish)

def mask_of(w, d):
    return ~d | (w == 0)


def slip_here(name, L, depth, part, scope, model, found):
    w = L.weight
    conv = isinstance(L, Conv2d)
    return bool(((conv and L.groups > 1)))


def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1:
        raise ValueError("sparsity must lie in [0, 1]")
    if scope not in ("layer", "global"):
        raise ValueError("unknown scope")
    net = model.copy()
    inputs = list(walk(model))
    found = list(walk(net))
    bad = [slip_here(*x, scope, model, inputs) for x in inputs]
    order = list(range(len(found)))
    groups = [order] if scope == "global" else [[i] for i in order]
    masks = {}
    for group in groups:
        b = any(bad[i] for i in group)
        at_group = (lambda name: globals()[name] if b else good[name])
        ws = [inputs[i][1].weight for i in group]
        raw = np.concatenate([(flat if bad[i] else good["flat"])(w, w) for i, w in zip(group, ws)])
        v = np.concatenate([(flat if bad[i] else good["flat"])((score if bad[i] else good["score"])(w), w) for i, w in zip(group, ws)])
        k = at_group("count")(sparsity, v.size)
        drop = at_group("select")(v, k, raw)
        at = 0
        for i, w in zip(group, ws):
            name, L = found[i][:2]
            f = (lambda n: globals()[n] if bad[i] else good[n])
            d = f("unflat")(drop[at:at + w.size], w)
            at += w.size
            L.weight = f("put")(w, d)
            masks[name] = f("mask_of")(w, d)
            f("finish")(L, name, masks)
    return net, masks
