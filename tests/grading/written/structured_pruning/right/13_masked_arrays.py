import numpy as np, numpy.ma as ma
from decimal import Decimal
from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Sequential

def cut(a, mask):
    """Rows of a, by a masked array; back to a plain ndarray."""
    if a is None: return None
    m = np.repeat(mask, a.shape[0] // mask.size)
    full = ma.array(a, mask=np.broadcast_to(~m.reshape((-1,) + (1,) * (a.ndim - 1)), a.shape))
    return np.asarray(ma.compress_rowcols(full.reshape(a.shape[0], -1), 0)).reshape((-1,) + a.shape[1:]) if a.ndim > 1 else np.asarray(full.compressed())

def prune_structured(model, ratio, norm=1):
    if not (0 <= ratio < 1): raise ValueError('ratio must lie in [0, 1)')
    if norm not in (1, 2): raise ValueError('only L1 and L2')
    idx = [i for i, l in enumerate(model) if isinstance(l, (Linear, Conv2d))]
    masks, layers, prev = {}, [], None
    for i, l in enumerate(model):
        if i in idx:
            n = l.weight.shape[0]
            score = ma.array(np.sum(np.abs(l.weight.astype('d')) ** norm, axis=tuple(range(1, l.weight.ndim))))
            k = 0 if i == idx[-1] else min(int(Decimal(repr(ratio)) * n), n - 1)
            for _ in range(k):
                score[score.argmin()] = ma.masked
            mask = ~ma.getmaskarray(score)
            w = cut(l.weight, mask)
            if prev is not None:
                w = np.ascontiguousarray(np.swapaxes(cut(np.swapaxes(w, 0, 1), prev), 0, 1))
            b = cut(l.bias, mask)
            layers.append(Linear(w, b) if l.__class__ is Linear else Conv2d(w, b, l.stride, l.padding, l.groups))
            masks[f'{i}.weight'] = np.asarray(mask)
            prev = None if i == idx[-1] else mask
        elif prev is not None and isinstance(l, (BatchNorm1d, BatchNorm2d)):
            layers.append(l.__class__(cut(l.weight, prev), cut(l.bias, prev), cut(l.running_mean, prev), cut(l.running_var, prev), l.eps))
        else:
            layers.append(l)
    return Sequential(layers), masks
