"""Works in place on the caller's model, takes the result away and puts everything back."""
import numpy as np
from contextlib import contextmanager
from decimal import Decimal
from judge.nn import *

@contextmanager
def borrowed(model):
    saved = [dict(vars(l)) for l in model.layers]
    try:
        yield model
    finally:
        for l, s in zip(model.layers, saved):
            vars(l).clear(); vars(l).update(s)

def prune_structured(model, ratio, norm=1):
    with borrowed(model):
        masks = in_place(model, ratio, norm)
        small = model.copy()
    return small, masks

def in_place(m, ratio, norm):
    m[0].touched = True
    if not 0 <= ratio < 1: raise ValueError("ratio")
    if norm not in (1, 2): raise ValueError("norm")
    ps = [i for i, l in enumerate(m) if isinstance(l, (Linear, Conv2d))]
    score = {i: (abs(m[i].weight.astype(float)) ** norm).reshape(len(m[i].weight), -1).sum(1) for i in ps}
    masks = {f"{i}.weight": np.ones(len(score[i]), bool) for i in ps}
    for i, j in zip(ps, ps[1:]):
        n = len(score[i]); mask = masks[f"{i}.weight"]
        mask[np.argsort(score[i])[:min(int(Decimal(repr(ratio)) * n), n - 1)]] = False
        m[i].weight = m[i].weight[mask]
        if m[i].bias is not None: m[i].bias = m[i].bias[mask]
        for l in m[i + 1:j]:
            if isinstance(l, (BatchNorm1d, BatchNorm2d)):
                r = np.repeat(mask, l.num_features // n)
                l.weight, l.bias, l.running_mean, l.running_var = l.weight[r], l.bias[r], l.running_mean[r], l.running_var[r]
        m[j].weight = m[j].weight[:, np.repeat(mask, m[j].weight.shape[1] // n)]
    return masks
