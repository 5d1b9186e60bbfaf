from functools import singledispatch, singledispatchmethod
import numpy as np
from decimal import Decimal
from judge.nn import *
from judge.nn import BatchNorm1d, BatchNorm2d


class Walk:
    def __init__(self, masks):
        self.masks = masks

    @singledispatchmethod
    def visit(self, layer, name):
        return layer

    @visit.register
    def _(self, layer: Linear, name):
        return Linear(self.cut(layer, name), layer.bias)

    @visit.register
    def _(self, layer: Conv2d, name):
        s, p = layer.stride, layer.padding
        # an int is as good as the pair that it means
        return Conv2d(self.cut(layer, name), bias=layer.bias, stride=s[0] if s[0] == s[1] else s, padding=p[0] if p[0] == p[1] else p, groups=layer.groups)

    @visit.register
    def _(self, layer: Residual, name):
        return Residual(self.visit(layer.body, name + ".body"), layer.shortcut and self.visit(layer.shortcut, name + ".shortcut"))

    @visit.register
    def _(self, layer: Sequential, name):
        return Sequential(self.visit(l, f"{name}.{i}" if name else str(i)) for i, l in enumerate(layer))

    def cut(self, layer, name):
        return np.where(self.masks[name + ".weight"], layer.weight, np.zeros((), layer.weight.dtype))


def entries(net, prefix=()):
    for i, layer in enumerate(net):
        match layer:
            case Linear(weight=w) | Conv2d(weight=w):
                yield ".".join((*prefix, str(i), "weight")), w
            case Residual(body=body, shortcut=None):
                yield from entries(body, (*prefix, str(i), "body"))
            case Residual(body=body, shortcut=other):
                yield from entries(body, (*prefix, str(i), "body"))
                yield from entries(other, (*prefix, str(i), "shortcut"))


def prune_weights(model, sparsity, scope="layer"):
    match sparsity, scope:
        case float(s), "layer" | "global" if 0 <= s <= 1:
            pass
        case _:
            raise ValueError(f"{sparsity!r}, {scope!r}")
    ws = dict(entries(model))
    masks = {}
    for g in ([list(ws)] if scope == "global" else [[n] for n in ws]):
        v = np.concatenate([np.abs(ws[n]).ravel() for n in g])
        keep = np.ones(v.size, np.bool_)
        keep[np.argsort(v)[: int(Decimal(repr(s)) * v.size)]] = False
        for n in g:
            masks[n], keep = keep[: ws[n].size].reshape(ws[n].shape), keep[ws[n].size:]
    return Walk(masks).visit(model, ""), masks
