"""Layers as a tuple, the answer as a list of two."""
import math
from decimal import Decimal

import numpy as np
from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Sequential


def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1:
        raise ValueError("ratio")
    if norm not in (1, 2):
        raise ValueError("norm")
    layers = tuple(model.copy())
    pr = [i for i, l in enumerate(layers) if isinstance(l, (Linear, Conv2d))]
    masks = {}
    for i in pr:
        n = layers[i].weight.shape[0]
        a = np.abs(layers[i].weight.reshape(n, -1).astype(np.longdouble))
        s = a.sum(1) if norm == 1 else np.sqrt((a * a).sum(1))
        k = 0 if i == pr[-1] else min(math.floor(Decimal(repr(ratio)) * n), n - 1)
        masks[f"{i}.weight"] = np.argsort(np.argsort(s)) >= k
    m = None
    for i, l in enumerate(layers):
        if i in pr:
            if m is not None:
                l.weight = l.weight[:, np.repeat(m, l.weight.shape[1] // m.size)]
            m = masks[f"{i}.weight"]
            l.weight = l.weight[m]
            if l.bias is not None:
                l.bias = l.bias[m]
        elif m is not None and isinstance(l, (BatchNorm1d, BatchNorm2d)):
            e = np.repeat(m, l.num_features // m.size)
            l.weight, l.bias, l.running_mean, l.running_var = (
                l.weight[e], l.bias[e], l.running_mean[e], l.running_var[e])
    net = Sequential(layers)
    net.layers = layers
    return [net, masks]
