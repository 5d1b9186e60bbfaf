"""count: eps, choice: negkeep, rebuilding: pickle, result: newmask"""
import numpy as np

def count(s, n):
    return min(n, int(s * n + 1e-9))

def choose(a, k):
    keep = np.zeros(a.size, np.bool_)
    top = np.argsort(-a)
    keep[top[:a.size - k]] = True
    return keep

import pickle
def rebuild(model, masks):
    new = pickle.loads(pickle.dumps(model))
    for name, arr in new.named_parameters():
        if name in masks:
            np.putmask(arr, masks[name] == 0, 0)
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
    d = dict(new.named_parameters())
    return new, {k: d[k] != 0 for k in masks}
