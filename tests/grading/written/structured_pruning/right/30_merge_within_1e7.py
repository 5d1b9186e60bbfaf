"""Groups norms that agree to 5e-7 and picks at random within the group, as the statement allows."""
import numpy as np, random
from decimal import Decimal
from judge.nn import *
def order(s):
    o = list(np.argsort(s)); res, group = [], []
    for c in o:
        if group and s[c] > s[group[0]] * (1 + 5e-7):
            random.shuffle(group); res += group; group = []
        group.append(c)
    random.shuffle(group)
    return res + group
def prune_structured(model, ratio, norm=1):
    if not (ratio >= 0) or not (ratio < 1) or norm not in (1, 2): raise ValueError("no")
    m = model.copy(); P = [i for i, l in enumerate(m) if isinstance(l, (Linear, Conv2d))]; masks = {}; keep = None
    for i, l in enumerate(m):
        if i in P:
            w = model[i].weight.astype(np.float64); n = len(w)
            s = np.array([np.abs(r).sum() if norm == 1 else np.linalg.norm(r.ravel()) for r in w])
            mask = np.ones(n, bool)
            if i != P[-1]: mask[order(s)[:min(int(Decimal(repr(ratio)) * n), n - 1)]] = False
            if keep is not None: l.weight = l.weight[:, keep.repeat(l.weight.shape[1] // keep.size)]
            l.weight = l.weight[mask]; l.bias = None if l.bias is None else l.bias[mask]
            masks[f"{i}.weight"] = mask; keep = mask if i != P[-1] else None
        elif keep is not None and isinstance(l, (BatchNorm1d, BatchNorm2d)):
            r = keep.repeat(l.num_features // keep.size)
            l.weight, l.bias, l.running_mean, l.running_var = (v[r] for v in (l.weight, l.bias, l.running_mean, l.running_var))
    return m, masks
