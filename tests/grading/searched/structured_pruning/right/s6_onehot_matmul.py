import math, copy
from decimal import Decimal
import numpy as np
from judge.nn import *

def prune_structured(model, ratio, norm=1):
    """Cut with selection matrices."""
    if not 0 <= ratio < 1 or norm not in (1, 2):
        raise ValueError
    def pick(keep, n, dtype):
        s = np.zeros((len(keep), n), dtype)
        s[np.arange(len(keep)), keep] = 1
        return s
    idx = [i for i, l in enumerate(model.layers) if isinstance(l, (Linear, Conv2d))]
    net = copy.deepcopy(model)
    masks, prev, width = {}, None, 0
    for i, layer in enumerate(net.layers):
        if i in idx:
            w = layer.weight
            n = len(w)
            work = np.promote_types(w.dtype, np.float32)
            keep = np.arange(n)
            if i != idx[-1]:
                k = int(Decimal(repr(ratio)) * n)
                nn_ = (np.abs(w.astype(np.float64)) ** norm).reshape(n, -1).sum(1)
                keep = np.sort(np.argsort(nn_)[k:])
            new = w.reshape(n, -1).astype(work)
            new = (pick(keep, n, work) @ new).reshape(len(keep), *w.shape[1:])
            if prev is not None:
                b = w.shape[1] // width
                cols = (prev[:, None] * b + np.arange(b)).reshape(-1)
                new = new[:, cols]
            layer.weight = new.astype(w.dtype)
            if layer.bias is not None:
                layer.bias = (pick(keep, n, work) @ layer.bias.astype(work)).astype(w.dtype)
            masks[f"{i}.weight"] = np.isin(np.arange(n), keep)
            prev, width = (keep, n) if i != idx[-1] else (None, 0)
        elif isinstance(layer, (BatchNorm1d, BatchNorm2d)) and prev is not None:
            b = len(layer.weight) // width
            cols = (prev[:, None] * b + np.arange(b)).reshape(-1)
            for a in ("weight", "bias", "running_mean", "running_var"):
                setattr(layer, a, getattr(layer, a)[cols])
    return net, masks
