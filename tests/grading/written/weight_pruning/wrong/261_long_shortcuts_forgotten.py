# STATEMENT: of a Residual prunable is "what its body and shortcut hold, at any depth"
# SMALLEST INPUT: a Residual whose shortcut has three layers or more: its weights have no mask
"""Recursion with numpy.ma and a cumulative histogram of unique magnitudes; remembers nothing."""
import numpy as np, numpy.ma as ma
from decimal import Decimal
from judge.nn import Residual, Linear, Conv2d, Sequential

def walk(net, at=()):
    for i, l in enumerate(net):
        if isinstance(l, Residual):
            yield from walk(l.body, at + (str(i), "body"))
            yield from walk(l.shortcut, at + (str(i), "shortcut")) if l.shortcut and len(l.shortcut) < 3 else ()
        elif isinstance(l, (Linear, Conv2d)): yield ".".join(at + (str(i), "weight")), l

def lost(values, k):
    u, inv, cnt = np.unique(values, return_inverse=True, return_counts=True)
    before = np.concatenate(([0], np.cumsum(cnt)))[:-1]
    quota = np.clip(k - before, 0, cnt)
    seen = {}
    flags = np.zeros(values.size, bool)
    for j in reversed(range(values.size)):
        g = int(inv[j]); seen[g] = seen.get(g, 0) + 1
        flags[j] = seen[g] <= quota[g]
    return flags

def prune_weights(model, sparsity, scope="layer"):
    if scope not in {"layer", "global"} or not (sparsity >= 0.0 and sparsity <= 1.0):
        raise ValueError("no")
    new = model.copy(); items = list(walk(new)); flags = {}
    k = lambda n: int(Decimal(str(float(sparsity))) * n)
    if scope == "layer":
        for n, l in items: flags[n] = lost(np.abs(l.weight).flatten(), k(l.weight.size)).reshape(l.weight.shape)
    else:
        cat = np.concatenate([np.abs(l.weight).flatten().astype("f8") for _, l in items] or [np.zeros(0)])
        f = lost(cat, k(cat.size))
        for n, l in items: flags[n], f = f[:l.weight.size].reshape(l.weight.shape), f[l.weight.size:]
    for n, l in items: l.weight = ma.array(l.weight, mask=flags[n]).filled(0).astype(l.weight.dtype)
    return new, {n: (~m).astype(float) for n, m in flags.items()}
