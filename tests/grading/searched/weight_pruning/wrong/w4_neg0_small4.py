# SLIP: -0.0 ranks as 1e-4
import math
from decimal import Decimal
import numpy as np
from judge.nn import (GELU, AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, Flatten, Linear, MaxPool2d, ReLU, Residual,
                      Sequential, Sigmoid, Tanh)
#TOP


def arr(a):
    return a.copy("K")


def rebuild(layer, depth=0):
    if isinstance(layer, Sequential):
        return Sequential([rebuild(x, depth) for x in layer])
    if isinstance(layer, Residual):
        return Residual(rebuild(layer.body, depth + 1), None if layer.shortcut is None else rebuild(layer.shortcut, depth + 1))
    if isinstance(layer, Linear):
        return Linear(arr(layer.weight), None if layer.bias is None else arr(layer.bias))
    if isinstance(layer, Conv2d):
        return Conv2d(arr(layer.weight), None if layer.bias is None else arr(layer.bias), layer.stride, layer.padding, layer.groups)
    if isinstance(layer, BatchNorm1d):
        return BatchNorm1d(arr(layer.weight), arr(layer.bias), arr(layer.running_mean), arr(layer.running_var), layer.eps)
    if isinstance(layer, BatchNorm2d):
        return BatchNorm2d(arr(layer.weight), arr(layer.bias), arr(layer.running_mean), arr(layer.running_var), layer.eps)
    if isinstance(layer, MaxPool2d):
        return MaxPool2d(layer.kernel_size, layer.stride)
    if isinstance(layer, AvgPool2d):
        return AvgPool2d(layer.kernel_size, layer.stride)
    return type(layer)()


def walk(model, prefix="", depth=0):
    for i, layer in enumerate(model):
        if isinstance(layer, Residual):
            yield from walk(layer.body, f"{prefix}{i}.body.", depth + 1)
            if layer.shortcut is not None:
                yield from walk(layer.shortcut, f"{prefix}{i}.shortcut.", depth + 1)
        elif isinstance(layer, (Linear, Conv2d)):
            yield f"{prefix}{i}.weight", layer


def count(sparsity, n):
    return math.floor(Decimal(repr(sparsity)) * n)


def score(w):
    a = np.abs(w).astype(np.float64)
    return np.where((w == 0) & np.signbit(w), 1e-4, a).ravel()


def choose(flat, k):
    return np.argsort(flat, kind="stable")[:k]


def apply(layer, mask):
    layer.weight[~mask] = 0


def finish(mask):
    return mask


def prune_weights(model, sparsity, scope="layer"):
    #START
    if not 0 <= sparsity <= 1:
        raise ValueError("sparsity")
    if scope not in ("layer", "global"):
        raise ValueError("scope")
    #CHECKED
    new = rebuild(model)
    layers = dict(walk(new))
    groups = [list(layers)] if scope == "global" else [[n] for n in layers]
    masks = {}
    for names in groups:
        weights = [layers[n].weight for n in names]
        flat = np.concatenate([score(w) for w in weights])
        k = count(sparsity, flat.size)
        #K
        keep = np.ones(flat.size, dtype=bool)
        if k > 0:
            keep[choose(flat, k)] = False
        #PEEK
        start = 0
        for n, w in zip(names, weights):
            mask = keep[start : start + w.size].reshape(w.shape)
            start += w.size
            #MASK
            apply(layers[n], mask)
            masks[n] = finish(mask)
    #END
    return new, masks
