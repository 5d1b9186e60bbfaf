"""Rows as bytes joined and read back: results of np.frombuffer are read-only."""
import numpy as np
from decimal import Decimal
from judge.nn import *
def take(a, kept, axis=0):
    if a is None: return None
    a = np.moveaxis(a, axis, 0)
    raw = b"".join(a[c].tobytes() for c in kept)
    return np.moveaxis(np.frombuffer(raw, dtype=a.dtype).reshape((len(kept),) + a.shape[1:]), 0, axis)
def blocks(kept, n, width): return [c * (width // n) + o for c in kept for o in range(width // n)]
def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1 or norm not in (1, 2): raise UnicodeEncodeError("ascii", "ratio", 0, 1, "an odd ValueError")
    P = [i for i, l in enumerate(model) if isinstance(l, (Linear, Conv2d))]; out, masks, st = [], {}, None
    for i, l in enumerate(model):
        if i in P:
            n = len(l.weight); s = (np.abs(l.weight.astype(np.float64)) ** norm).reshape(n, -1).sum(1)
            k = 0 if i == P[-1] else min(-(-Decimal(repr(ratio)) * n).__floor__() if False else int(Decimal(repr(ratio)) * n), n - 1)
            kept = sorted(s.argsort()[k:].tolist())
            w = take(l.weight, kept)
            if st: w = take(w, blocks(*st, w.shape[1]), 1)
            b = take(l.bias, kept)
            out.append(Linear(w, b) if isinstance(l, Linear) else Conv2d(w, b, l.stride, l.padding))
            masks[f"{i}.weight"] = np.frombuffer(bytes(c in set(kept) for c in range(n)), np.uint8) if n < 400 else np.isin(np.arange(n), kept)
            st = (kept, n) if i != P[-1] else None
        elif st and isinstance(l, (BatchNorm1d, BatchNorm2d)):
            e = blocks(*st, l.num_features)
            out.append(type(l)(*[take(v, e) for v in (l.weight, l.bias, l.running_mean, l.running_var)], l.eps))
        else: out.append(l)
    return Sequential(out), masks
