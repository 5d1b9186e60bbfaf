"""Builds every layer anew by its type; nothing is copied wholesale."""

import numpy as np

from judge.nn import (
    GELU, AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, Flatten, Linear, MaxPool2d, ReLU, Residual, Sequential, Sigmoid, Tanh,
)


def weights_of(sequential, prefix=""):
    for i, layer in enumerate(sequential):
        name = f"{prefix}{i}"
        if isinstance(layer, Residual):
            yield from weights_of(layer.body, name + ".body.")
            if layer.shortcut is not None:
                yield from weights_of(layer.shortcut, name + ".shortcut.")
        elif isinstance(layer, (Linear, Conv2d)):
            yield name + ".weight", layer.weight


def rebuilt(layer, name, masks):
    if isinstance(layer, Sequential):
        return Sequential([rebuilt(l, f"{name}.{i}" if name else str(i), masks) for i, l in enumerate(layer)])
    if isinstance(layer, Residual):
        shortcut = None if layer.shortcut is None else rebuilt(layer.shortcut, name + ".shortcut", masks)
        return Residual(rebuilt(layer.body, name + ".body", masks), shortcut)
    if isinstance(layer, (Linear, Conv2d)):
        weight = np.zeros(layer.weight.shape, layer.weight.dtype)
        mask = masks[name + ".weight"]
        weight[mask] = layer.weight[mask]
        bias = None if layer.bias is None else np.array(layer.bias)
        if isinstance(layer, Linear):
            return Linear(weight, bias)
        return Conv2d(weight, bias, layer.stride, layer.padding, layer.groups)
    if isinstance(layer, (BatchNorm1d, BatchNorm2d)):
        kind = BatchNorm1d if isinstance(layer, BatchNorm1d) else BatchNorm2d
        return kind(layer.weight.copy(), layer.bias.copy(), layer.running_mean.copy(), layer.running_var.copy(), layer.eps)
    for kind in (MaxPool2d, AvgPool2d):
        if isinstance(layer, kind):
            return kind(layer.kernel_size, layer.stride)
    for kind in (ReLU, GELU, Tanh, Sigmoid, Flatten):
        if isinstance(layer, kind):
            return kind()
    raise TypeError(type(layer))


def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1:
        raise ValueError("sparsity must lie in [0, 1]")
    if scope not in ("layer", "global"):
        raise ValueError("scope must be 'layer' or 'global'")
    named = list(weights_of(model))
    masks = {}
    for group in [named] if scope == "global" else [[item] for item in named]:
        magnitudes = np.hstack([abs(w).reshape(-1) for _, w in group])
        k = round(sparsity * magnitudes.size)
        flags = np.ones(magnitudes.size, bool)
        flags[magnitudes.argsort()[:k]] = False
        for name, w in group:
            masks[name], flags = flags[: w.size].reshape(w.shape), flags[w.size :]
    return rebuilt(model, "", masks), masks
