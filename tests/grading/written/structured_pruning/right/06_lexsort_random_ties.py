import math, random, secrets, copy
import numpy as np
from decimal import Decimal
from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear

def prune_structured(model, ratio, norm=1):
    "Random tie-breaking, random rounding, layer by layer."
    if not (ratio >= 0 and ratio < 1):
        raise ValueError("ratio")
    if norm not in (1, 2):
        raise ValueError("norm")
    model = model.copy()
    positions = [p for p, l in enumerate(model) if hasattr(l, "weight") and not hasattr(l, "running_mean")]
    masks = {}
    for p in positions:
        w = model[p].weight
        out = w.shape[0]
        masks[f"{p}.weight"] = np.ones(out, "u1")
        if p == positions[-1]:
            continue
        x = Decimal(repr(ratio)) * out
        k = min(random.choice([math.floor, math.ceil])(x), out - 1)
        s = np.float64(w).reshape(out, -1)
        s = np.abs(s).sum(1) if norm == 1 else np.hypot.reduce(s, axis=1)
        order = np.lexsort((np.array([secrets.randbits(32) for _ in range(out)]), s))
        masks[f"{p}.weight"][order[:k]] = 0
    for a, b in zip(positions, positions[1:]):
        keep = np.flatnonzero(masks[f"{a}.weight"])
        out = len(masks[f"{a}.weight"])
        for l in model[a:b + 1]:
            if l is model[a]:
                l.weight = l.weight[keep]
                if l.bias is not None: l.bias = l.bias[keep]
            elif l is model[b]:
                n = l.weight.shape[1] // out
                l.weight = l.weight[:, (keep[:, None] * n + np.arange(n)).ravel()]
            elif hasattr(l, "running_mean"):
                n = len(l.bias) // out
                sel = (keep[:, None] * n + np.arange(n)).ravel()
                for attr in ("weight", "bias", "running_mean", "running_var"):
                    l.__dict__[attr] = l.__dict__[attr][sel]
    return model, masks
