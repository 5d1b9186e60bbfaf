"""A new network from the constructors, layer by layer; nothing is copied that is not needed."""
import math
from decimal import Decimal

import numpy as np
from judge.nn import (GELU, AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, Flatten, Linear, MaxPool2d, ReLU,
                      Sequential, Sigmoid, Tanh)


def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1:
        raise ValueError("ratio")
    if norm not in (1, 2):
        raise ValueError("norm")
    total = sum(isinstance(l, (Linear, Conv2d)) for l in model)
    seen, keep = 0, None
    layers, masks = [], {}
    for i, l in enumerate(model):
        if isinstance(l, (Linear, Conv2d)):
            seen += 1
            n = l.weight.shape[0]
            cols = np.arange(l.weight.shape[1])
            if keep is not None:
                cols = cols.reshape(keep.size, -1)[keep].ravel()
            keep = np.ones(n, bool)
            if seen < total:
                s = np.linalg.norm(l.weight.astype(np.float64).reshape(n, -1), norm, axis=1)
                keep[np.argsort(s)[:min(math.ceil(Decimal(repr(ratio)) * n), n - 1)]] = False
            masks[f"{i}.weight"] = keep
            w = l.weight[np.ix_(np.flatnonzero(keep), cols)]
            b = None if l.bias is None else l.bias[keep]
            if isinstance(l, Linear):
                layers.append(Linear(w, b))
            else:
                layers.append(Conv2d(w, b, stride=l.stride, padding=l.padding, groups=1))
        elif isinstance(l, (BatchNorm1d, BatchNorm2d)):
            e = np.arange(l.num_features)
            if keep is not None:
                e = e.reshape(keep.size, -1)[keep].ravel()
            cls = BatchNorm1d if isinstance(l, BatchNorm1d) else BatchNorm2d
            layers.append(cls(l.weight[e], l.bias[e], l.running_mean[e], l.running_var[e], l.eps))
        elif isinstance(l, (MaxPool2d, AvgPool2d)):
            layers.append(type(l)(l.kernel_size, l.stride))
        else:
            layers.append({ReLU: ReLU, GELU: GELU, Tanh: Tanh, Sigmoid: Sigmoid, Flatten: Flatten}[type(l)]())
    return Sequential(layers), masks
