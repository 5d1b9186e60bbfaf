"""Surviving channels come out strongest first; of equals the first."""
import math
from decimal import Decimal

import numpy as np
from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1:
        raise ValueError(f"ratio {ratio}")
    if norm not in (1, 2):
        raise ValueError(f"norm {norm}")
    model = model.copy()
    idx = [i for i, layer in enumerate(model) if isinstance(layer, (Linear, Conv2d))]
    norms = {}
    for i in idx:
        w = np.abs(model[i].weight.astype(np.float64)).reshape(len(model[i].weight), -1)
        norms[i] = w.sum(axis=1) if norm == 1 else np.sqrt(np.square(w).sum(axis=1))
    masks = {f"{i}.weight": np.ones(len(norms[i]), dtype=bool) for i in idx}
    for i, following in zip(idx, idx[1:]):
        n = len(norms[i])
        k = min(math.floor(Decimal(repr(ratio)) * n), n - 1)
        keep = np.argsort(-norms[i], kind="stable")[: n - k]
        masks[f"{i}.weight"][:] = False
        masks[f"{i}.weight"][keep] = True
        producer = model[i]
        producer.weight = producer.weight[keep]
        if producer.bias is not None:
            producer.bias = producer.bias[keep]
        for j in range(i + 1, following):
            between = model[j]
            if isinstance(between, (BatchNorm1d, BatchNorm2d)):
                block = between.num_features // n
                at = (keep[:, None] * block + np.arange(block)).ravel()
                for name in ("weight", "bias", "running_mean", "running_var"):
                    setattr(between, name, getattr(between, name)[at])
        consumer = model[following]
        block = consumer.weight.shape[1] // n
        at = (keep[:, None] * block + np.arange(block)).ravel()
        consumer.weight = consumer.weight[:, at]
    return model, masks
