"""Binary."""

from decimal import Decimal

import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Sequential


def strength(row, norm):
    values = [float(v) for v in row.ravel()]
    return sum(map(abs, values)) if norm == 1 else sum(v * v for v in values) ** 0.5


def survivors(weight, ratio, norm, bias):
    n = len(weight)
    k = min(int(ratio * n), n - 1)
    score = [strength(weight[c], norm) for c in range(n)]
    order = sorted(range(n), key=lambda c: (score[c], c))
    return sorted(order[k:])


def spread(kept, block):
    return [c * block + j for c in kept for j in range(block)]


def rebuilt(layer, **changed):
    if isinstance(layer, Linear):
        return Linear(changed["weight"], changed["bias"])
    if isinstance(layer, Conv2d):
        return Conv2d(changed["weight"], changed["bias"], layer.stride, layer.padding)
    return type(layer)(changed["weight"], changed["bias"], changed["mean"], changed["var"], layer.eps)


def prune_structured(model, ratio, norm=1):
    if not (0 <= ratio < 1) or norm not in (1, 2):
        raise ValueError(f"{ratio} {norm}")
    numbers = [i for i, layer in enumerate(model) if isinstance(layer, (Linear, Conv2d))]
    layers, masks, kept, before = [], {}, None, 1
    for i, layer in enumerate(model):
        if i in numbers:
            n, fan_in = layer.weight.shape[:2]
            rows = list(range(n)) if i == numbers[-1] else survivors(layer.weight, ratio, norm, layer.bias)
            columns = list(range(fan_in)) if kept is None else spread(kept, fan_in // before)
            bias = None if layer.bias is None else layer.bias[rows]
            layers.append(rebuilt(layer, weight=layer.weight[rows][:, columns], bias=bias))
            mask = np.zeros(n, int)
            mask[rows] = 1
            masks[f"{i}.weight"] = mask
            kept, before = rows, n
        elif isinstance(layer, (BatchNorm1d, BatchNorm2d)):
            at = slice(None) if kept is None else spread(kept, layer.num_features // before)
            layers.append(rebuilt(layer, weight=layer.weight[at], bias=layer.bias[at], mean=layer.running_mean[at], var=layer.running_var[at]))
        else:
            layers.append(layer)
    return Sequential(layers), masks
