"""Scores a channel by the weights that read it, dim=1, not by those that make it."""
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
    weights = {i: model[i].weight for i in idx}
    masks = {f"{i}.weight": np.ones(len(weights[i]), dtype=bool) for i in idx}
    for i, following in zip(idx, idx[1:]):
        n = len(weights[i])
        reading = np.abs(weights[following].astype(np.float64)).reshape(len(weights[following]), n, -1)
        scores = reading.sum(axis=(0, 2)) if norm == 1 else np.sqrt(np.square(reading).sum(axis=(0, 2)))
        k = min(math.floor(Decimal(repr(ratio)) * n), n - 1)
        keep = np.sort(np.argsort(scores, kind="stable")[k:])
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
