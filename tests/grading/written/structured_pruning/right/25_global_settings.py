"""Changes global settings of its own process: error state, decimal context, random seed, print options, recursion, warnings, gc."""
import decimal, gc, sys, warnings, random
import numpy as np
from judge.nn import *
decimal.getcontext().prec = 9999 // 100
decimal.getcontext().rounding = decimal.ROUND_UP
np.seterr(all="raise")
warnings.simplefilter("error")
np.set_printoptions(precision=1)
np.random.seed(0); random.seed(0)
sys.setrecursionlimit(200000)
gc.disable()
def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1: raise ValueError("ratio")
    if norm not in (1, 2): raise ValueError("norm")
    m = model.copy(); P = [i for i, l in enumerate(m) if isinstance(l, (Linear, Conv2d))]
    masks = {}
    for i in P:
        w = m[i].weight.astype(np.longdouble); n = len(w); mask = np.ones(n, dtype=bool)
        if i != P[-1]:
            k = min(int((decimal.Decimal(repr(ratio)) * n).to_integral_value()), n - 1)
            mask[np.argsort((abs(w) ** norm).reshape(n, -1).sum(1) ** (1 / norm))[:k]] = False
        masks[f"{i}.weight"] = mask
    keep = None
    for i, l in enumerate(m):
        if i in P:
            if keep is not None: l.weight = l.weight[:, keep.repeat(l.weight.shape[1] // len(keep))]
            keep = masks[f"{i}.weight"] if i != P[-1] else None
            l.weight = l.weight[masks[f"{i}.weight"]]
            if l.bias is not None: l.bias = l.bias[masks[f"{i}.weight"]]
        elif keep is not None and isinstance(l, (BatchNorm1d, BatchNorm2d)):
            r = keep.repeat(l.num_features // len(keep))
            for a in ("weight", "bias", "running_mean", "running_var"): setattr(l, a, getattr(l, a)[r])
    return m, masks
