"""A module-level cache, keyed by everything the answer hangs on."""
import hashlib, copy
import numpy as np
from decimal import Decimal
from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear

_CACHE = {}

def key_of(model, ratio, norm):
    h = hashlib.sha256(repr((ratio, norm)).encode())
    for l in model:
        h.update(type(l).__name__.encode())
        for name, v in sorted(vars(l).items()):
            if isinstance(v, np.ndarray):
                h.update(repr((name, v.shape, v.dtype.str)).encode()); h.update(np.ascontiguousarray(v).tobytes())
            else:
                h.update(repr((name, v)).encode())
    return h.digest()

def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1: raise ValueError
    if norm not in (1, 2): raise ValueError
    key = key_of(model, ratio, norm)
    if key not in _CACHE:
        _CACHE[key] = work(copy.deepcopy(model), ratio, norm)
    return copy.deepcopy(_CACHE[key])

def work(m, ratio, norm):
    ps = [i for i, l in enumerate(m) if isinstance(l, (Linear, Conv2d))]
    scores = {i: np.linalg.norm(m[i].weight.reshape(len(m[i].weight), -1).astype(np.float64), ord=norm, axis=1) for i in ps}
    masks = {f"{i}.weight": np.ones(scores[i].size, np.uint64) for i in ps}
    for i, j in zip(ps, ps[1:]):
        n = scores[i].size
        gone = scores[i].argsort(kind="heapsort")[:min(int(Decimal(repr(ratio)) * n), n - 1)]
        masks[f"{i}.weight"][gone] = 0
        m[i].weight = np.delete(m[i].weight, gone, 0)
        if m[i].bias is not None: m[i].bias = np.delete(m[i].bias, gone)
        def d(a, axis): return np.delete(a, (gone[:, None] * (a.shape[axis] // n) + np.arange(a.shape[axis] // n)).ravel(), axis)
        for l in m[i + 1:j]:
            if isinstance(l, (BatchNorm1d, BatchNorm2d)):
                l.weight, l.bias, l.running_mean, l.running_var = d(l.weight, 0), d(l.bias, 0), d(l.running_mean, 0), d(l.running_var, 0)
        m[j].weight = d(m[j].weight, 1)
    return m, masks
