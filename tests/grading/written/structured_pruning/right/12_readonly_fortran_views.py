"""Answers in odd layouts: Fortran order, negative strides, read-only, stride 0, views of big buffers."""
import numpy as np
from decimal import Decimal
from judge.nn import *
def odd(a):
    if a is None: return None
    if a.ndim == 1:
        buf = np.empty(2 * a.size, a.dtype)[::-2]
        buf[:] = a
    else:
        buf = np.asfortranarray(a)[..., ::-1].copy(order="F")[..., ::-1]
    buf.flags.writeable = False
    return buf
def prune_structured(model, ratio, norm=1):
    if norm != 1 and norm != 2 or not 0 <= ratio < 1:
        raise ValueError()
    new, masks, keep = [], {}, None
    heavy = [l for l in model if isinstance(l, (Linear, Conv2d))]
    for i, l in enumerate(model):
        if l in heavy:
            n = len(l.weight)
            if l is heavy[-1]:
                mask = np.broadcast_to(np.True_, n)          # stride 0, read-only
            else:
                s = (np.abs(l.weight.astype(np.float64)) ** norm).reshape(n, -1).sum(1)
                k = min(-int(-(Decimal(repr(ratio)) * n) // 1), n - 1)
                mask = np.empty(n, bool); o = s.argsort(); mask[o[:k]] = 0; mask[o[k:]] = 1
                mask = mask[::-1].copy()[::-1]
            w = l.weight if keep is None else l.weight[:, np.repeat(keep, l.weight.shape[1] // len(keep))]
            w, b = odd(w[mask]), odd(None if l.bias is None else l.bias[mask])
            new.append(Linear(w, b) if isinstance(l, Linear) else Conv2d(w, b, l.stride, l.padding))
            masks[f"{i}.weight"] = mask
            keep = None if l is heavy[-1] else mask
        elif keep is not None and isinstance(l, (BatchNorm1d, BatchNorm2d)):
            r = np.repeat(keep, l.num_features // len(keep))
            new.append(type(l)(*(odd(v[r]) for v in (l.weight, l.bias, l.running_mean, l.running_var)), l.eps))
        else: new.append(l)
    return Sequential(new), masks
