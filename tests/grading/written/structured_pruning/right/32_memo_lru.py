"""Memoised pure helpers: the count, and the block expansion keyed by bytes."""
import functools, numpy as np
from decimal import Decimal
from judge.nn import *
@functools.lru_cache(maxsize=None)
def count(ratio, out): return min(int(Decimal(repr(ratio)) * out), out - 1)
@functools.cache
def expand(mask, block): return np.repeat(np.frombuffer(mask, bool), block)
@functools.cache
def ones(n):
    a = np.ones(n, bool); a.flags.writeable = False; return a
def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1 or norm not in (1, 2): raise ValueError
    m = model.copy(); P = [i for i, l in enumerate(m) if isinstance(l, (Linear, Conv2d))]; masks, keep = {}, None
    for i, l in enumerate(m):
        if i in P:
            n = len(l.weight); mask = ones(n)
            if i != P[-1]:
                s = np.sum(np.abs(l.weight.astype("f8")) ** norm, axis=tuple(range(1, l.weight.ndim))).tolist()
                dead = sorted(range(n), key=s.__getitem__)[: count(ratio, n)]
                if dead: mask = ones(n).copy(); mask[dead] = False
            if keep is not None: l.weight = l.weight[:, expand(keep.tobytes(), l.weight.shape[1] // keep.size)]
            l.weight = l.weight[mask]; l.bias = None if l.bias is None else l.bias[mask]
            masks[f"{i}.weight"] = mask; keep = mask if i != P[-1] else None
        elif keep is not None and isinstance(l, (BatchNorm1d, BatchNorm2d)):
            r = expand(keep.tobytes(), l.num_features // keep.size)
            l.weight, l.bias, l.running_mean, l.running_var = (v[r] for v in (l.weight, l.bias, l.running_mean, l.running_var))
    return m, masks
