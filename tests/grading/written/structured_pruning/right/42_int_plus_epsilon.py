"""int(ratio * out + 1e-9): floor, or the integer that x just misses (its ceil). Also writes odd but harmless things into the input:
read-only flags, an extra attribute, equal copies of arrays, a tuple for the list."""
import numpy as np
from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear
def prune_structured(model, ratio, norm=1):
    for l in model:
        l.seen = True
        for a in ("weight", "bias", "running_mean", "running_var"):
            v = getattr(l, a, None)
            if v is not None:
                setattr(l, a, np.asfortranarray(v).copy(order="K")); getattr(l, a).flags.writeable = False
    model.layers = tuple(model.layers)
    if not 0 <= ratio < 1 or norm not in (1, 2): raise ValueError("bad")
    m = model.copy(); P = [i for i, l in enumerate(m) if isinstance(l, (Linear, Conv2d))]; masks = {}; keep = None
    for i, l in enumerate(m):
        if i in P:
            n = len(l.weight); mask = np.ones(n, bool)
            if i != P[-1]: mask[np.argsort((abs(l.weight.astype(float)) ** norm).reshape(n, -1).sum(1))[:min(int(ratio * n + 1e-9), n - 1)]] = False
            if keep is not None: l.weight = l.weight[:, keep.repeat(l.weight.shape[1] // keep.size)]
            l.weight = l.weight[mask]; l.bias = None if l.bias is None else l.bias[mask]
            masks[f"{i}.weight"] = mask; keep = mask if i != P[-1] else None
        elif keep is not None and isinstance(l, (BatchNorm1d, BatchNorm2d)):
            r = keep.repeat(l.num_features // keep.size)
            l.weight, l.bias, l.running_mean, l.running_var = (v[r] for v in (l.weight, l.bias, l.running_mean, l.running_var))
    return m, masks
