"""Shuffles before sorting, so that any of the equal norms may go."""
import math
import random
from decimal import Decimal

import numpy as np
from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1:
        raise ValueError("ratio")
    if norm not in (1, 2):
        raise ValueError("norm")
    net, keep, masks = model.copy(), None, {}
    last = max(i for i, l in enumerate(model) if isinstance(l, (Linear, Conv2d)))
    for i, l in enumerate(net):
        if isinstance(l, (Linear, Conv2d)):
            n = l.weight.shape[0]
            s = np.linalg.norm(l.weight.astype(np.float64).reshape(n, -1), ord=norm, axis=1).tolist()
            order = list(range(n))
            random.shuffle(order)
            order.sort(key=s.__getitem__)
            count = random.choice([math.floor, math.ceil])(Decimal(repr(ratio)) * n)
            mask = np.ones(n, bool)
            if i < last:
                mask[order[:min(count, n - 1)]] = False
            if keep is not None:
                l.weight = l.weight[:, np.repeat(keep, l.weight.shape[1] // keep.size)]
            l.weight = l.weight[mask]
            if l.bias is not None:
                l.bias = l.bias[mask]
            masks[f"{i}.weight"] = keep = mask
        elif keep is not None and isinstance(l, (BatchNorm1d, BatchNorm2d)):
            m = np.repeat(keep, l.num_features // keep.size)
            for a in ("weight", "bias", "running_mean", "running_var"):
                setattr(l, a, getattr(l, a)[m])
    return net, masks
