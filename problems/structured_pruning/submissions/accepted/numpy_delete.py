"""np.delete of the doomed channels, all at once; int8 masks."""
import math
from decimal import Decimal

import numpy as np
from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


def doomed_channels(weight, ratio, norm):
    n = weight.shape[0]
    k = min(math.ceil(Decimal(repr(ratio)) * n), n - 1)
    size = np.abs(weight.reshape(n, -1).astype(np.float64))
    size = size.sum(1) if norm == 1 else np.sqrt((size ** 2).sum(1))
    return np.argsort(size, kind="heapsort")[:k]


def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1:
        raise ValueError("ratio")
    if norm not in (1, 2):
        raise ValueError("norm")
    new = model.copy()
    prunable = [i for i, l in enumerate(new) if isinstance(l, (Linear, Conv2d))]
    masks = {f"{i}.weight": np.ones(new[i].weight.shape[0], np.int8) for i in prunable}
    # every layer but the last: rows here, BatchNorm on the way, columns of the consumer
    plan = []
    for i, nxt in zip(prunable, prunable[1:]):
        plan.append((i, nxt, new[i].weight.shape[0], doomed_channels(new[i].weight, ratio, norm)))
    for i, nxt, n, gone in plan:
        masks[f"{i}.weight"][gone] = 0
        new[i].weight = np.delete(new[i].weight, gone, axis=0)
        if new[i].bias is not None:
            new[i].bias = np.delete(new[i].bias, gone)
        for j in range(i + 1, nxt):
            if isinstance(new[j], (BatchNorm1d, BatchNorm2d)):
                step = new[j].num_features // n
                there = [c * step + t for c in gone for t in range(step)]
                for a in ("weight", "bias", "running_mean", "running_var"):
                    setattr(new[j], a, np.delete(getattr(new[j], a), np.array(there, dtype=int)))
        step = new[nxt].weight.shape[1] // n
        there = np.array([c * step + t for c in gone for t in range(step)], dtype=int)
        new[nxt].weight = np.delete(new[nxt].weight, there, axis=1)
    return new, masks
