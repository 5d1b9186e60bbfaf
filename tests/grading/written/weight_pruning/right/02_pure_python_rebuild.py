# nested loops and lists only; ceil; layers rebuilt through their constructors
import numpy as np
from judge.nn import *
import judge.nn as nn
from fractions import Fraction


def rebuild(layer, news):
    t = type(layer).__name__
    if t == "Linear":
        return nn.Linear(news[id(layer)], layer.bias)
    if t == "Conv2d":
        return nn.Conv2d(news[id(layer)], layer.bias, layer.stride, layer.padding, layer.groups)
    if t in ("BatchNorm1d", "BatchNorm2d"):
        return getattr(nn, t)(layer.weight, layer.bias, layer.running_mean, layer.running_var, layer.eps)
    if t in ("MaxPool2d", "AvgPool2d"):
        return getattr(nn, t)(layer.kernel_size, layer.stride)
    if t == "Residual":
        return nn.Residual(seq(layer.body, news), None if layer.shortcut is None else seq(layer.shortcut, news))
    return getattr(nn, t)()


def seq(s, news):
    return nn.Sequential([rebuild(l, news) for l in s])


def prune_weights(model, sparsity, scope="layer"):
    if sparsity != sparsity or sparsity < 0 or sparsity > 1:
        raise ValueError("sparsity must be in [0, 1], got %r" % sparsity)
    if scope != "layer" and scope != "global":
        raise ValueError("scope must be layer or global, got %r" % scope)
    found = [(name + ".weight", layer) for name, layer in model.named_modules() if type(layer).__name__ in ("Linear", "Conv2d")]
    values = [layer.weight.reshape(-1).tolist() for _, layer in found]
    keeps = [[True] * len(v) for v in values]
    share = Fraction(repr(sparsity))

    def cut(entries):
        x = share * len(entries)
        k = -((-x.numerator) // x.denominator)
        entries.sort(key=lambda e: abs(values[e[0]][e[1]]))
        for a, b in entries[:k]:
            keeps[a][b] = False

    everything = [[(a, b) for b in range(len(v))] for a, v in enumerate(values)]
    if scope == "layer":
        for part in everything:
            cut(part)
    else:
        cut([e for part in everything for e in part])
    news, masks = {}, {}
    for (name, layer), v, kp in zip(found, values, keeps):
        flat = [x if k else 0.0 for x, k in zip(v, kp)]
        news[id(layer)] = np.array(flat, layer.weight.dtype).reshape(layer.weight.shape)
        masks[name] = np.array(kp, dtype=int).reshape(layer.weight.shape)
    return [seq(model, news), masks]
