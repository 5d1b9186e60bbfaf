"""Hyper-parameters written as ints or pairs of NumPy ints, the same values; masks longdouble with -0.0 for removed."""
import numpy as np
from decimal import Decimal
from judge.nn import *
def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1 or norm not in (1, 2): raise ValueError(f"{ratio}, {norm}")
    P = [i for i, l in enumerate(model) if isinstance(l, (Linear, Conv2d))]; masks, layers, keep = {}, [], None
    for i, l in enumerate(model):
        if i in P:
            n = len(l.weight); k = 0 if i == P[-1] else min(int(Decimal(repr(ratio)) * n), n - 1)
            keep_here = np.argsort(np.argsort((abs(l.weight.astype(float)) ** norm).reshape(n, -1).sum(1))) >= k
            w = l.weight if keep is None else l.weight[:, keep.repeat(l.weight.shape[1] // keep.size)]
            w = w[keep_here]; b = None if l.bias is None else l.bias[keep_here]
            if isinstance(l, Linear): layers.append(Linear(w, b))
            else:
                c = Conv2d(w, b)
                c.stride = int(l.stride[0]) if l.stride[0] == l.stride[1] else tuple(map(np.int64, l.stride))
                c.padding = int(l.padding[0]) if l.padding[0] == l.padding[1] else tuple(map(np.int32, l.padding))
                layers.append(c)
            masks[f"{i}.weight"] = np.where(keep_here, np.longdouble(1), -np.longdouble(0)); keep = keep_here if i != P[-1] else None
        elif keep is not None and isinstance(l, (BatchNorm1d, BatchNorm2d)):
            r = keep.repeat(l.num_features // keep.size)
            layers.append(type(l)(l.weight[r], l.bias[r], l.running_mean[r], l.running_var[r], np.float64(l.eps)))
        elif isinstance(l, (MaxPool2d, AvgPool2d)):
            layers.append(type(l)(l.kernel_size[0] if l.kernel_size[0] == l.kernel_size[1] else l.kernel_size, None if l.stride == l.kernel_size else l.stride))
        else: layers.append(l)
    return Sequential(layers), masks
