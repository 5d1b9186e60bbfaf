import math
from decimal import Decimal

import numpy as np
from judge.nn import *


def count(ratio, n):
    return min(int(Decimal(repr(ratio)) * n), n - 1)


def norms_of(w, norm):
    flat = np.abs(w.reshape(w.shape[0], -1).astype(np.float64))
    return flat.sum(axis=1) if norm == 1 else np.sqrt((flat * flat).sum(axis=1))


def select(norms, k):
    mask = np.ones(len(norms), dtype=bool)
    mask[np.argsort(norms, kind="stable")[:k]] = False
    return mask


def check(ratio, norm):
    if not 0 <= ratio < 1:
        raise ValueError("ratio")
    if norm not in (1, 2):
        raise ValueError("norm")


def spread(live, size):
    return np.repeat(live, size // len(live))


def cut_bn(layer, m):
    return type(layer)(layer.weight[m], layer.bias[m], layer.running_mean[m], layer.running_var[m], eps=layer.eps)


def cut_bias(layer, mask):
    return None if layer.bias is None else layer.bias[mask]


def make(layer, w, b):
    if isinstance(layer, Conv2d):
        return Conv2d(w, b, stride=layer.stride, padding=layer.padding, groups=layer.groups)
    return Linear(w, b)


def prune_structured(model, ratio, norm=1):
    check(ratio, norm)
    layers = list(model.layers)
    prunable = [i for i, l in enumerate(layers) if isinstance(l, (Linear, Conv2d))]
    last = prunable[-1]
    masks = {}
    out = []
    live = None
    for i, layer in enumerate(layers):
        if i in prunable:
            w = layer.weight
            n = w.shape[0]
            if i == last:
                mask = np.ones(n, dtype=bool)
            else:
                mask = select(norms_of(w, norm), count(ratio, n))
            masks[f"{i}.weight"] = mask
            if live is not None:
                w = w[:, spread(live, w.shape[1])]
            out.append(make(layer, w[mask], cut_bias(layer, mask)))
            live = None if i == last else mask
        elif isinstance(layer, (BatchNorm1d, BatchNorm2d)) and live is not None and not (i > 1 and isinstance(layers[i - 1], ReLU) and isinstance(layers[i - 2], MaxPool2d)):
            out.append(cut_bn(layer, spread(live, len(layer.weight))))
        else:
            out.append(layer)
    return Sequential(out), masks
