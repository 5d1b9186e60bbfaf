"""Scores in float32 of rows divided by the layer's largest |w| (float64 and float16 too): errors some 1e-6."""
import numpy as np
from decimal import Decimal
from judge.nn import *
def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1: raise ValueError
    if norm not in (1, 2): raise ValueError
    m = model.copy(); P = [i for i, l in enumerate(m) if isinstance(l, (Linear, Conv2d))]; masks = {}
    for i in P:
        w = np.ascontiguousarray(m[i].weight.astype(np.float64)); n = len(w); top = np.abs(w).max() or 1.0
        w = (w / top).astype(np.float32).reshape(n, -1)
        s = np.abs(w).sum(1) if norm == 1 else np.sqrt((w * w).sum(1))
        masks[f"{i}.weight"] = mask = np.ones(n, bool)
        if i != P[-1]: mask[np.argsort(s, kind="stable")[:min(int(Decimal(repr(ratio)) * n), n - 1)]] = False
    keep = None
    for i, l in enumerate(m):
        if i in P:
            if keep is not None: l.weight = l.weight[:, keep.repeat(l.weight.shape[1] // keep.size)]
            keep = masks[f"{i}.weight"]; l.weight = l.weight[keep]
            if l.bias is not None: l.bias = l.bias[keep]
            if i == P[-1]: break
        elif keep is not None and isinstance(l, (BatchNorm1d, BatchNorm2d)):
            r = keep.repeat(l.num_features // keep.size)
            for a in ("weight", "bias", "running_mean", "running_var"): setattr(l, a, getattr(l, a)[r])
    return m, masks
