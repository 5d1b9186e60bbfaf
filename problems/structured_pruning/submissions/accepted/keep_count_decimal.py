"""Counts what stays, out - removed, and searches the threshold in a sorted list with bisect."""
import bisect
from decimal import ROUND_FLOOR, Decimal

import numpy as np
from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


def keep_list(w, ratio, norm):
    n = w.shape[0]
    s = np.linalg.norm(w.reshape(n, -1).astype(np.float64), ord=norm, axis=1).tolist()
    stay = max(1, n - int((Decimal(repr(ratio)) * n).quantize(Decimal(1), rounding=ROUND_FLOOR)))
    ordered = sorted(s)
    cut = ordered[n - stay]
    above = n - bisect.bisect_right(ordered, cut)
    spare = stay - above  # how many of those exactly at the cut may stay
    kept = []
    for c, v in enumerate(s):
        if v > cut:
            kept.append(c)
        elif v == cut and spare:
            kept.append(c)
            spare -= 1
    return kept


def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1:
        raise ValueError("ratio")
    if norm not in (1, 2):
        raise ValueError("norm")
    small = model.copy()
    pr = [i for i, l in enumerate(small) if isinstance(l, (Linear, Conv2d))]
    kept = {i: keep_list(model[i].weight, ratio, norm) for i in pr[:-1]}
    kept[pr[-1]] = list(range(model[pr[-1]].weight.shape[0]))
    masks = {}
    p = None
    for i, l in enumerate(small):
        if i in kept:
            n = l.weight.shape[0]
            masks[f"{i}.weight"] = np.bincount(kept[i], minlength=n).astype(bool)
            if p is not None:
                b = l.weight.shape[1] // masks[f"{p}.weight"].size
                l.weight = l.weight[:, [c * b + t for c in kept[p] for t in range(b)]]
            l.weight = l.weight[kept[i]]
            if l.bias is not None:
                l.bias = l.bias[kept[i]]
            p = i
        elif p is not None and isinstance(l, (BatchNorm1d, BatchNorm2d)):
            b = l.num_features // masks[f"{p}.weight"].size
            e = [c * b + t for c in kept[p] for t in range(b)]
            for a in ("weight", "bias", "running_mean", "running_var"):
                setattr(l, a, getattr(l, a)[e])
    return small, masks
