"""np.take with integer indices along the axis for every cut."""
import math
from decimal import Decimal

import numpy as np
from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1:
        raise ValueError("ratio")
    if norm not in (1, 2):
        raise ValueError("norm")
    prunable = [i for i, l in enumerate(model) if isinstance(l, (Linear, Conv2d))]
    idx, masks = {}, {}
    for i in prunable:
        w = model[i].weight
        n = w.shape[0]
        k = 0 if i == prunable[-1] else min(math.floor(Decimal(repr(ratio)) * n), n - 1)
        s = np.linalg.norm(np.float64(w).reshape(n, -1), ord=norm, axis=1)
        idx[i] = np.sort(np.argpartition(s, k)[k:]) if k else np.arange(n)
        masks[f"{i}.weight"] = np.isin(np.arange(n), idx[i])
    result = model.copy()
    source = None
    for i, l in enumerate(result):
        if isinstance(l, (BatchNorm1d, BatchNorm2d)) and source is not None:
            block = l.num_features // model[source].weight.shape[0]
            pos = np.add.outer(idx[source] * block, np.arange(block)).reshape(-1)
            for a in ("weight", "bias", "running_mean", "running_var"):
                setattr(l, a, np.take(getattr(l, a), pos))
        elif i in idx:
            if source is not None:
                block = l.weight.shape[1] // model[source].weight.shape[0]
                pos = np.add.outer(idx[source] * block, np.arange(block)).reshape(-1)
                l.weight = np.take(l.weight, pos, axis=1)
            l.weight = np.take(l.weight, idx[i], axis=0)
            if l.bias is not None:
                l.bias = l.bias.take(idx[i])
            source = i
    return result, masks
