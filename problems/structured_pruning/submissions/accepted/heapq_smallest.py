"""heapq.nsmallest picks the channels to drop."""
import heapq
import math
from decimal import Decimal

import numpy as np
from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


def weakest(weight, ratio, norm):
    n = weight.shape[0]
    k = min(math.floor(Decimal(repr(ratio)) * n), n - 1)
    total = (np.abs(weight.astype(np.float64)) ** norm).reshape(n, -1).sum(axis=1).tolist()
    return heapq.nsmallest(k, range(n), key=total.__getitem__)


def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1:
        raise ValueError("ratio")
    if norm not in (1, 2):
        raise ValueError("norm")
    small = model.copy()
    prunable = [i for i, l in enumerate(model) if isinstance(l, (Linear, Conv2d))]
    masks = {f"{i}.weight": np.ones(model[i].weight.shape[0], dtype=bool) for i in prunable}
    for i in prunable[:-1]:
        masks[f"{i}.weight"][weakest(model[i].weight, ratio, norm)] = False
    for here, after in zip([None] + prunable, prunable + [len(model)]):
        if here is None:
            continue
        keep = masks[f"{here}.weight"]
        small[here].weight = small[here].weight[keep]
        if small[here].bias is not None:
            small[here].bias = small[here].bias[keep]
        for layer in small.layers[here + 1:after]:
            if isinstance(layer, (BatchNorm1d, BatchNorm2d)):
                m = np.repeat(keep, layer.num_features // keep.size)
                for a in ("weight", "bias", "running_mean", "running_var"):
                    setattr(layer, a, getattr(layer, a)[m])
        if after < len(model):
            w = small[after].weight
            small[after].weight = w[:, np.repeat(keep, w.shape[1] // keep.size)]
    return small, masks
