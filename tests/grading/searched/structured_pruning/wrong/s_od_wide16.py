# SLIP: f16, out > 256 wrong
import math
from decimal import Decimal
import numpy as np
from judge.nn import (GELU, AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, Flatten, Linear, MaxPool2d, ReLU,
                      Sequential, Sigmoid, Tanh)
#TOP


def arr(a):
    return a.copy("K")


def count(ratio, out):
    return min(math.floor(Decimal(repr(ratio)) * out), out - 1)


def norms(w, norm):
    rows = w.reshape(len(w), -1).astype(np.float64)
    if norm == 1:
        return np.abs(rows).sum(axis=1)
    return np.sqrt((rows * rows).sum(axis=1))


def expand(mask, features, kind):
    return np.repeat(mask, features // mask.size)


def rebuild_bn(cls, layer, keep):
    return cls(arr(layer.weight[keep]), arr(layer.bias[keep]), arr(layer.running_mean[keep]), arr(layer.running_var[keep]), layer.eps)


def prune_structured(model, ratio, norm=1):
    #START
    if not 0 <= ratio < 1:
        raise ValueError("ratio")
    if norm not in (1, 2):
        raise ValueError("norm")
    #CHECKED
    where = [i for i, layer in enumerate(model) if isinstance(layer, (Linear, Conv2d))]
    last = where[-1]
    masks = {}
    for i in where:
        w = model[i].weight
        mask = np.ones(len(w), dtype=bool)
        if i != last:
            k = count(ratio, len(w)) if len(w) <= 256 or w.dtype != np.float16 else 0
            #K
            order = np.argsort(norms(w, norm), kind="stable")
            mask[order[:k]] = False
        #MASK
        masks[f"{i}.weight"] = mask
    new = []
    came = None
    for i, layer in enumerate(model):
        if isinstance(layer, (Linear, Conv2d)):
            w = layer.weight
            if came is not None:
                w = w[:, expand(came, w.shape[1], "in")]
            came = masks[f"{i}.weight"]
            w = arr(w[came])
            b = None if layer.bias is None else arr(layer.bias[came])
            if isinstance(layer, Linear):
                layer = Linear(w, b)
            else:
                layer = Conv2d(w, b, layer.stride, layer.padding, layer.groups)
        elif isinstance(layer, (BatchNorm1d, BatchNorm2d)):
            n = len(layer.weight)
            keep = np.ones(n, dtype=bool) if came is None else expand(came, n, "bn")
            layer = rebuild_bn(type(layer), layer, keep)
        elif isinstance(layer, MaxPool2d):
            layer = MaxPool2d(layer.kernel_size, layer.stride)
        elif isinstance(layer, AvgPool2d):
            layer = AvgPool2d(layer.kernel_size, layer.stride)
        else:
            layer = type(layer)()
        new.append(layer)
    #END
    return Sequential(new), masks
