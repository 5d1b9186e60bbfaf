"""count: maxone, choice: tuples, rebuilding: copymethod, result: default"""
import numpy as np

from decimal import Decimal
def count(s, n):
    if s == 0:
        return 0
    return max(1, int(Decimal(repr(s)) * n))

def choose(a, k):
    pairs = [(v, i) for i, v in enumerate(a.tolist())]
    pairs.sort()
    keep = np.full(len(pairs), 1.0)
    for _, i in pairs[:k]:
        keep[i] = 0.0
    return keep

from judge.nn import Conv2d, Linear
def rebuild(model, masks):
    new = model.copy()
    for name, layer in new.named_modules():
        if isinstance(layer, (Linear, Conv2d)):
            m = np.asarray(masks[name + ".weight"], bool)
            layer.weight = np.where(m, layer.weight, 0)
    return new

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
    from collections import defaultdict
    d = defaultdict(lambda: None)
    d.update(masks)
    return new, d
