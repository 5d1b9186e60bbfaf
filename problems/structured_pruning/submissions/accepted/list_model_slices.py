"""Cuts the model into segments [producer ... consumer) with model[a:b] and treats each segment on its own."""
import math
from decimal import Decimal

import numpy as np
from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Sequential


def segments(model):
    starts = [i for i, l in enumerate(model) if isinstance(l, (Linear, Conv2d))]
    yield None, model[:starts[0]]
    for a, b in zip(starts, starts[1:] + [len(model)]):
        yield a, model[a:b]


def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1:
        raise ValueError("ratio")
    if norm not in (1, 2):
        raise ValueError("norm")
    parts = list(segments(model.copy()))
    result = list(parts[0][1])
    masks = {}
    arriving = None
    for number, (start, part) in enumerate(parts[1:], 1):
        producer = part[0]
        n = producer.weight.shape[0]
        keep = np.ones(n, bool)
        if number + 1 < len(parts):
            s = np.linalg.norm(producer.weight.astype(np.float64).reshape(n, -1), ord=norm, axis=1)
            keep[np.argsort(s)[:min(math.floor(Decimal(repr(ratio)) * n), n - 1)]] = False
        masks[f"{start}.weight"] = keep
        if arriving is not None:
            producer.weight = producer.weight[:, np.repeat(arriving, producer.weight.shape[1] // arriving.size)]
        producer.weight = producer.weight[keep]
        if producer.bias is not None:
            producer.bias = producer.bias[keep]
        for layer in part[1:]:
            if isinstance(layer, (BatchNorm1d, BatchNorm2d)):
                wide = np.repeat(keep, layer.num_features // n)
                for a in ("weight", "bias", "running_mean", "running_var"):
                    setattr(layer, a, getattr(layer, a)[wide])
        result.extend(part)
        arriving = keep
    return Sequential(result), masks
