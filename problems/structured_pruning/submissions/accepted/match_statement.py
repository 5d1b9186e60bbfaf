"""Structural pattern matching on the layers."""
import math
from decimal import Decimal

import numpy as np
from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Sequential


def prune_structured(model, ratio, norm=1):
    match norm:
        case 1 | 2:
            pass
        case _:
            raise ValueError("norm must be 1 or 2")
    match ratio:
        case float() | int() if 0 <= ratio < 1:
            pass
        case _:
            raise ValueError("ratio must be in [0, 1)")
    *_, output = (i for i, l in enumerate(model) if isinstance(l, (Linear, Conv2d)))
    alive, layers, masks = None, [], {}

    def columns(size):
        return slice(None) if alive is None else np.repeat(alive, size // alive.size)

    for i, layer in enumerate(model):
        match layer:
            case Linear(weight=w, bias=b) | Conv2d(weight=w, bias=b):
                n = w.shape[0]
                mask = np.full(n, True)
                if i != output:
                    s = np.linalg.norm(w.astype(np.float64).reshape(n, -1), norm, axis=1)
                    mask[np.argsort(s)[:min(math.ceil(Decimal(repr(ratio)) * n), n - 1)]] = False
                w = w[:, columns(w.shape[1])][mask]
                b = b if b is None else b[mask]
                match layer:
                    case Linear():
                        layers.append(Linear(w, b))
                    case Conv2d(stride=stride, padding=padding):
                        layers.append(Conv2d(w, b, stride, padding))
                masks[f"{i}.weight"] = alive = mask
            case BatchNorm1d(eps=eps) | BatchNorm2d(eps=eps):
                m = columns(layer.num_features)
                layers.append(type(layer)(layer.weight[m], layer.bias[m], layer.running_mean[m],
                                          layer.running_var[m], eps))
            case other:
                layers.append(other)
    return Sequential(layers), masks
