"""k by own integer arithmetic on the digits of repr(ratio), exponents included."""
import re
import numpy as np
from judge.nn import *
def exact_floor(ratio, out):
    mant, _, exp = repr(ratio).partition("e")
    whole, _, frac = mant.partition(".")
    digits, scale = int((whole + frac).lstrip("-") or 0), len(frac) - int(exp or 0)
    return digits * out // 10 ** scale if scale >= 0 else digits * out * 10 ** -scale
def prune_structured(model, ratio, norm=1):
    if not (ratio >= 0 and ratio < 1): raise ValueError("ratio")
    if norm == 1: f = np.abs
    elif norm == 2: f = np.square
    else: raise ValueError("norm")
    last = max(i for i, l in enumerate(model) if isinstance(l, (Linear, Conv2d)))
    new, masks, keep = Sequential(), {}, None
    for i, l in enumerate(model):
        if isinstance(l, (Linear, Conv2d)):
            n = l.weight.shape[0]
            s = f(l.weight.astype(np.float64)).reshape(n, -1).sum(-1)
            kept = np.arange(n) if i == last else np.sort(np.argsort(-s)[: n - min(exact_floor(ratio, n), n - 1)])
            w = l.weight
            if keep is not None:
                b = w.shape[1] // keep[1]
                w = w.reshape(w.shape[0], keep[1], b, *w.shape[2:])[:, keep[0]].reshape(w.shape[0], -1, *w.shape[2:])
            w = w[kept]
            bias = l.bias[kept] if l.bias is not None else None
            new.append(Linear(w, bias) if isinstance(l, Linear) else Conv2d(w, bias, l.stride, l.padding))
            mask = np.zeros(n, np.int64); mask[kept] = 1
            masks[f"{i}.weight"] = mask
            keep = None if i == last else (kept, n)
        elif keep and isinstance(l, (BatchNorm1d, BatchNorm2d)):
            c = [v.reshape(keep[1], -1)[keep[0]].ravel() for v in (l.weight, l.bias, l.running_mean, l.running_var)]
            new.append(type(l)(*c, l.eps))
        else:
            new.append(l)
    return new, masks
