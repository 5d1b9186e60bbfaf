"""count: tuple, choice: nonzero_only, rebuilding: sharing, result: proxy"""
import numpy as np

from decimal import Decimal
def count(s, n):
    sign, digits, exp = Decimal(repr(s)).as_tuple()
    v = 0
    for d in digits:
        v = v * 10 + d
    return v * n // 10 ** -exp if exp < 0 else v * n * 10 ** exp

def choose(a, k):
    # zeros are pruned already; only the rest of the quota is taken from the others
    keep = a != 0
    extra = k - int((~keep).sum())
    if extra > 0:
        live = np.flatnonzero(keep)
        keep[live[np.argsort(a[live])[:extra]]] = False
    return keep

import copy
from judge.nn import Conv2d, Linear, Residual, Sequential
def _share(seq, prefix, masks):
    # everything that stays is the input's own object
    out, changed = [], False
    for i, l in enumerate(seq.layers):
        name = f"{prefix}{i}"
        if isinstance(l, (Linear, Conv2d)):
            m = masks[name + ".weight"] != 0
            if (l.weight[~m] != 0).any():
                l = copy.copy(l)
                l.weight = np.where(m, l.weight, l.weight.dtype.type(0))
                changed = True
        elif isinstance(l, Residual):
            b = _share(l.body, name + ".body.", masks)
            s = l.shortcut and _share(l.shortcut, name + ".shortcut.", masks)
            if b is not l.body or s is not l.shortcut:
                l = copy.copy(l)
                l.body, l.shortcut, changed = b, s, True
        out.append(l)
    return Sequential(out) if changed else seq
def rebuild(model, masks):
    return _share(model, "", masks)

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
    from types import MappingProxyType
    return new, MappingProxyType(masks)
