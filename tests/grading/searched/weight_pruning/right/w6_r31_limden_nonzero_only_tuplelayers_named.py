"""count: limden, choice: nonzero_only, rebuilding: tuplelayers, result: named"""
import numpy as np

from fractions import Fraction
def count(s, n):
    f = Fraction(s).limit_denominator(10 ** 6)
    return f.numerator * n // f.denominator

def choose(a, k):
    # zeros are pruned already; only the rest of the quota is taken from the others
    keep = a != 0
    extra = k - int((~keep).sum())
    if extra > 0:
        live = np.flatnonzero(keep)
        keep[live[np.argsort(a[live])[:extra]]] = False
    return keep

import copy
from judge.nn import Conv2d, Linear, Residual
def _go(seq, p, masks):
    new = copy.copy(seq)
    ls = []
    for i, l in enumerate(seq.layers):
        l = copy.copy(l)
        if isinstance(l, (Linear, Conv2d)):
            l.weight = np.multiply(l.weight, masks[f"{p}{i}.weight"], dtype=l.weight.dtype, casting="unsafe")
        if isinstance(l, Residual):
            l.body = _go(l.body, f"{p}{i}.body.", masks)
            if l.shortcut is not None:
                l.shortcut = _go(l.shortcut, f"{p}{i}.shortcut.", masks)
        if hasattr(l, "stride"):
            l.stride = list(l.stride)
        ls.append(l)
    new.layers = tuple(ls)
    return new
def rebuild(model, masks):
    return _go(model, "", masks)

def _check(s, scope):
    if not (0.0 <= s <= 1.0):
        raise ValueError(f"bad sparsity {s!r}")
    if scope not in ("layer", "global"):
        raise ValueError(f"bad scope {scope!r}")

def prune_weights(model, sparsity, scope="layer"):
    _check(sparsity, scope)
    weights = {n: a for n, a in model.named_parameters() if a.ndim >= 2}
    if scope == "layer":
        masks = {n: choose(np.abs(a).reshape(-1), count(sparsity, a.size)).reshape(a.shape) for n, a in weights.items()}
    else:
        flat = np.concatenate([np.abs(a).reshape(-1) for a in weights.values()])
        keep = choose(flat, count(sparsity, flat.size))
        cuts = np.cumsum([a.size for a in weights.values()])[:-1]
        masks = {n: part.reshape(a.shape) for (n, a), part in zip(weights.items(), np.split(keep, cuts))}
    new = rebuild(model, masks)
    from collections import namedtuple
    return namedtuple('Pruned', 'model masks')(new, masks)
