"""Answers with subclasses of Sequential, Linear and Conv2d that carry their mask along and have their own __call__."""

import numpy as np

from judge.nn import Conv2d, Linear, Residual, Sequential


class MaskedLinear(Linear):
    def __call__(self, x):
        y = x @ (self.weight * self.mask).T
        return y if self.bias is None else y + self.bias


class MaskedConv2d(Conv2d):
    def __call__(self, x):
        self.weight = self.weight * self.mask
        return super().__call__(x)


class Pruned(Sequential):
    def masks(self):
        return {f"{n}.weight": l.mask for n, l in self.named_modules() if hasattr(l, "mask")}


def convert(layer):
    if isinstance(layer, Sequential):
        return Pruned([convert(child) for child in layer])
    if isinstance(layer, Residual):
        return Residual(convert(layer.body), None if layer.shortcut is None else convert(layer.shortcut))
    if isinstance(layer, Linear):
        return MaskedLinear(layer.weight.copy(), layer.bias)
    if isinstance(layer, Conv2d):
        return MaskedConv2d(layer.weight.copy(), layer.bias, layer.stride, layer.padding, layer.groups)
    return layer


def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1:
        raise ValueError("sparsity must lie in [0, 1]")
    if scope not in ("layer", "global"):
        raise ValueError("scope must be 'layer' or 'global'")
    pruned = convert(model)
    layers = [l for _, l in pruned.named_modules() if isinstance(l, (MaskedLinear, MaskedConv2d))]
    for group in [layers] if scope == "global" else [[l] for l in layers]:
        flat = np.concatenate([np.abs(l.weight).ravel() for l in group])
        keep = np.ones(flat.size, bool)
        keep[np.argsort(flat)[: round(sparsity * flat.size)]] = False
        for l in group:
            l.mask = keep[: l.weight.size].reshape(l.weight.shape)
            keep = keep[l.weight.size :]
            l.weight[~l.mask] = 0
    return pruned, pruned.masks()
