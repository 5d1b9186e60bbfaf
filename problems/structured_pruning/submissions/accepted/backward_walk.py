"""From the output back to the input: each prunable layer hands its demand for columns to what stands before it."""
import math
from fractions import Fraction

import numpy as np
from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Sequential


def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1 or norm not in (1, 2):
        raise ValueError((ratio, norm))
    out = model.copy()
    masks = {}
    waiting = []  # layers whose input comes from the next producer that we meet
    consumer = None
    seen_output = False
    for i in range(len(model) - 1, -1, -1):
        layer = out[i]
        if isinstance(layer, (BatchNorm1d, BatchNorm2d)):
            waiting.append(layer)
        if not isinstance(layer, (Linear, Conv2d)):
            continue
        n = layer.weight.shape[0]
        keep = np.ones(n, bool)
        if seen_output:
            w = np.abs(model[i].weight.astype(float)).reshape(n, -1)
            value = w.sum(axis=1) if norm == 1 else np.sqrt(np.square(w).sum(axis=1))
            k = min(math.floor(Fraction(repr(ratio)) * n), n - 1)
            for _, j in sorted(zip(value.tolist(), range(n)))[:k]:
                keep[j] = False
        seen_output = True
        for bn in waiting:
            m = np.repeat(keep, bn.weight.size // n)
            for name in ("weight", "bias", "running_mean", "running_var"):
                setattr(bn, name, getattr(bn, name)[m])
        if consumer is not None:
            consumer.weight = consumer.weight[:, np.repeat(keep, consumer.weight.shape[1] // n)]
        layer.weight = layer.weight[keep]
        if layer.bias is not None:
            layer.bias = layer.bias[keep]
        masks[f"{i}.weight"] = keep
        consumer, waiting = layer, []
    return Sequential(list(out)), masks
