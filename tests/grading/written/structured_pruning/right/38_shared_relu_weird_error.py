"""One activation object per kind for the whole answer, one mask object for equal masks, a ValueError whose str fails."""
import numpy as np
from decimal import Decimal
from judge.nn import *
class Odd(ValueError):
    def __str__(self): raise RuntimeError("no text for you")
    __repr__ = __str__
ONE = {c: c() for c in (ReLU, GELU, Tanh, Sigmoid, Flatten)}
def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1 or norm not in (1, 2): raise Odd
    P = [i for i, l in enumerate(model) if isinstance(l, (Linear, Conv2d))]; out, masks, keep, seen = [], {}, None, {}
    for i, l in enumerate(model):
        if i in P:
            n = len(l.weight); k = 0 if i == P[-1] else min(int(Decimal(repr(ratio)) * n), n - 1)
            mask = np.argsort(np.argsort((abs(l.weight.astype(float)) ** norm).reshape(n, -1).sum(1))) >= k
            mask = seen.setdefault(mask.tobytes(), mask)
            w = l.weight if keep is None else l.weight[:, keep.repeat(l.weight.shape[1] // keep.size)]
            w, b = w[mask], None if l.bias is None else l.bias[mask]
            out.append(Linear(w, b) if isinstance(l, Linear) else Conv2d(w, b, l.stride, l.padding))
            masks[f"{i}.weight"] = mask; keep = mask if i != P[-1] else None
        elif keep is not None and isinstance(l, (BatchNorm1d, BatchNorm2d)):
            r = keep.repeat(l.num_features // keep.size)
            out.append(type(l)(l.weight[r], l.bias[r], l.running_mean[r], l.running_var[r], l.eps))
        else: out.append(ONE.get(type(l), l))
    return Sequential(out), masks
