"""Gives a layer without bias a bias of zeros, a convolution too."""

from decimal import Decimal

import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, MaxPool2d, AvgPool2d, Residual, Sequential


def bias_of(layer):
    return np.zeros(len(layer.weight), layer.weight.dtype) if layer.bias is None else layer.bias


def rebuild(layer, name, masks):
    if isinstance(layer, Sequential):
        return Sequential([rebuild(inner, f"{name}.{i}".lstrip("."), masks) for i, inner in enumerate(layer)])
    if isinstance(layer, Residual):
        body = rebuild(layer.body, f"{name}.body", masks)
        shortcut = None if layer.shortcut is None else rebuild(layer.shortcut, f"{name}.shortcut", masks)
        return Residual(body, shortcut)
    if isinstance(layer, Linear):
        return Linear(np.where(masks[f"{name}.weight"], layer.weight, 0), bias_of(layer))
    if isinstance(layer, Conv2d):
        weight = np.where(masks[f"{name}.weight"], layer.weight, 0)
        return Conv2d(weight, bias_of(layer), layer.stride, layer.padding, layer.groups)
    if isinstance(layer, (BatchNorm1d, BatchNorm2d)):
        return type(layer)(layer.weight, layer.bias, layer.running_mean, layer.running_var, layer.eps)
    if isinstance(layer, (MaxPool2d, AvgPool2d)):
        return type(layer)(layer.kernel_size, layer.stride)
    return type(layer)()


def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1:
        raise ValueError("sparsity must lie in [0, 1]")
    if scope not in ("layer", "global"):
        raise ValueError("scope must be 'layer' or 'global'")
    layers = [(f"{n}.weight", layer) for n, layer in model.named_modules() if isinstance(layer, (Linear, Conv2d))]
    masks = {}
    for group in [layers] if scope == "global" else [[pair] for pair in layers]:
        magnitudes = np.concatenate([np.abs(layer.weight).ravel() for _, layer in group])
        k = int(Decimal(repr(sparsity)) * magnitudes.size)
        keep = np.ones(magnitudes.size, dtype=bool)
        keep[np.argsort(magnitudes, kind="stable")[:k]] = False
        for name, layer in group:
            masks[name] = keep[: layer.weight.size].reshape(layer.weight.shape)
            keep = keep[layer.weight.size :]
    return rebuild(model, "", masks), masks
