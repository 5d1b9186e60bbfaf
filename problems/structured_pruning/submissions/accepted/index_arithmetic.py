"""A feature belongs to channel f // (H*W): integer division instead of repeat."""
import math
from decimal import Decimal

import numpy as np
from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


def features(keep, n):
    if keep is None:
        return np.arange(n)
    f = np.arange(n)
    return f[keep[f // (n // keep.size)]]


def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1:
        raise ValueError("ratio")
    if norm not in (1, 2):
        raise ValueError("norm")
    net, keep, masks, todo = model.copy(), None, {}, [l for l in model if isinstance(l, (Linear, Conv2d))]
    for i, l in enumerate(net):
        if isinstance(l, (Linear, Conv2d)):
            w = todo.pop(0).weight
            n = w.shape[0]
            live = features(keep, w.shape[1])
            keep = np.ones(n, bool)
            if todo:
                s = np.linalg.norm(w.reshape(n, -1).astype(float), norm, 1)
                keep[np.argsort(s, kind="stable")[:min(math.ceil(Decimal(repr(ratio)) * n), n - 1)]] = False
            l.weight = l.weight[:, live][keep]
            if l.bias is not None:
                l.bias = l.bias[keep]
            masks[f"{i}.weight"] = keep
        elif isinstance(l, (BatchNorm1d, BatchNorm2d)):
            e = features(keep, l.weight.size)
            l.weight, l.bias = l.weight[e], l.bias[e]
            l.running_mean, l.running_var = l.running_mean[e], l.running_var[e]
    return net, masks
