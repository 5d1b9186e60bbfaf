"""Finds the cut by bisection over floats, then breaks ties by position; checks the count itself."""
import numpy as np, math
from decimal import Decimal
from judge.nn import *
def drop(scores, k):
    if k == 0: return np.zeros(scores.size, bool)
    lo, hi = -1.0, float(scores.max())
    while np.nextafter(lo, hi) < hi:
        mid = lo + (hi - lo) / 2
        if mid <= lo or mid >= hi: break
        if np.count_nonzero(scores <= mid) >= k: hi = mid
        else: lo = mid
    gone = scores < hi
    for c in np.flatnonzero(scores == hi):
        if gone.sum() == k: break
        gone[c] = True
    return gone
def prune_structured(model, ratio, norm=1):
    if math.isnan(ratio) or not (0 <= ratio < 1): raise ValueError("ratio must be in [0, 1), got %r" % (ratio,))
    if norm not in (1, 2): raise ValueError("norm must be 1 or 2, got %r" % (norm,))
    m = model.copy(); P = [i for i, l in enumerate(m) if isinstance(l, (Linear, Conv2d))]
    gone = {}
    for i in P:
        w = m[i].weight; n = w.shape[0]
        s = np.linalg.norm(w.astype(np.float64).reshape(n, -1), ord=norm, axis=1)
        gone[i] = drop(s, 0 if i == P[-1] else min(math.ceil(Decimal(repr(ratio)) * n), n - 1))
    for a, b in zip([None] + P, P):
        l = m[b]
        if a is not None:
            for mid in m[a + 1:b]:
                if isinstance(mid, (BatchNorm1d, BatchNorm2d)):
                    r = ~np.repeat(gone[a], mid.num_features // gone[a].size)
                    mid.weight, mid.bias, mid.running_mean, mid.running_var = mid.weight[r], mid.bias[r], mid.running_mean[r], mid.running_var[r]
            l.weight = l.weight[:, ~np.repeat(gone[a], l.weight.shape[1] // gone[a].size)]
        l.weight = l.weight[~gone[b]]
        if l.bias is not None: l.bias = l.bias[~gone[b]]
    return m, {f"{i}.weight": (~g).astype(np.int16) for i, g in gone.items()}
