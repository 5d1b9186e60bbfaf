"""Arrays of the answer are Fortran-ordered and read-only; layers carry extra attributes."""
import math
from decimal import Decimal

import numpy as np
from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


def frozen(array):
    array = np.asfortranarray(array)
    array.setflags(write=False)
    return array


def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1:
        raise ValueError("ratio")
    if norm not in (1, 2):
        raise ValueError("norm")
    net = model.copy()
    net.note = "pruned"
    pr = [l for l in net if isinstance(l, (Linear, Conv2d))]
    for l in pr:
        n = l.weight.shape[0]
        s = np.linalg.norm(np.ascontiguousarray(l.weight, dtype=np.float64).reshape(n, -1), ord=norm, axis=1)
        l.keep = np.ones(n, dtype=bool)
        if l is not pr[-1]:
            l.keep[np.argsort(s)[:min(math.floor(Decimal(repr(ratio)) * n), n - 1)]] = False
    live, masks = None, {}
    for i, l in enumerate(net):
        if l in pr:
            w = l.weight[l.keep]
            if live is not None:
                w = w[:, np.repeat(live, w.shape[1] // live.size)]
            l.weight = frozen(w)
            l.bias = frozen(l.bias[l.keep]) if l.bias is not None else None
            live = l.keep
            masks[f"{i}.weight"] = frozen(live)
        elif live is not None and isinstance(l, (BatchNorm1d, BatchNorm2d)):
            m = np.repeat(live, l.num_features // live.size)
            for a in ("weight", "bias", "running_mean", "running_var"):
                setattr(l, a, frozen(getattr(l, a)[m]))
    return net, masks
