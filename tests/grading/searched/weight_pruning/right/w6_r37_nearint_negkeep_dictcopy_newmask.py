"""count: nearint, choice: negkeep, rebuilding: dictcopy, result: newmask"""
import numpy as np

import math
def count(s, n):
    x = s * n
    r = round(x)
    return r if math.isclose(x, r, rel_tol=1e-12, abs_tol=1e-9) else math.floor(x)

def choose(a, k):
    keep = np.zeros(a.size, np.bool_)
    top = np.argsort(-a)
    keep[top[:a.size - k]] = True
    return keep

def rebuild(model, masks):
    def dup(obj, path):
        if isinstance(obj, np.ndarray):
            key = ".".join(path)
            new = np.array(obj, order="F")
            if key in masks:
                new[masks[key] < 1] = 0
            return new
        if isinstance(obj, list):
            return [dup(v, path + [str(i)]) for i, v in enumerate(obj)]
        if hasattr(obj, "__dict__"):
            new = object.__new__(type(obj))
            for k, v in vars(obj).items():
                setattr(new, k, dup(v, path if k == "layers" else path + [k]))
            return new
        return obj
    return dup(model, [])

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
