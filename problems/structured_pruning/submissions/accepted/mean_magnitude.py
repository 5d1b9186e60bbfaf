"""Ranks by the mean |w| and the root mean square, which order channels of one layer as the norms do."""

import numpy as np
from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


def importance(weight, norm):
    flat = weight.reshape(weight.shape[0], -1).astype(np.float64)
    return np.abs(flat).mean(axis=1) if norm == 1 else np.sqrt(np.mean(flat ** 2, axis=1))


def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1:
        raise ValueError("ratio must be in [0, 1)")
    if norm not in (1, 2):
        raise ValueError("norm must be 1 or 2")
    small, masks = model.copy(), {}
    mask = None
    prunables = [l for l in model if isinstance(l, (Linear, Conv2d))]
    for i, (old, layer) in enumerate(zip(model, small)):
        if isinstance(layer, (Linear, Conv2d)):
            if mask is not None:
                layer.weight = layer.weight[:, np.kron(mask, np.ones(layer.weight.shape[1] // mask.size, bool))]
            n = old.weight.shape[0]
            mask = np.ones(n, bool)
            if old is not prunables[-1]:
                k = min(round(ratio * n), n - 1)
                mask[importance(old.weight, norm).argsort(kind="stable")[:k]] = False
            masks[f"{i}.weight"] = mask
            layer.weight = layer.weight[mask]
            if layer.bias is not None:
                layer.bias = layer.bias[mask]
        elif isinstance(layer, (BatchNorm1d, BatchNorm2d)) and mask is not None:
            m = np.kron(mask, np.ones(layer.num_features // mask.size, bool))
            layer.weight, layer.bias, layer.running_mean, layer.running_var = (
                a[m] for a in (layer.weight, layer.bias, layer.running_mean, layer.running_var))
    return small, masks
