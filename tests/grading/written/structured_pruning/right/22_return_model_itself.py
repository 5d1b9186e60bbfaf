"""Nothing removed anywhere: the very model comes back; else layers untouched are shared."""
import numpy as np
from decimal import Decimal
from collections import UserDict
from judge.nn import Linear, Conv2d, BatchNorm1d, BatchNorm2d, Sequential
class Masks(UserDict): "A mapping that is no dict."
def prune_structured(model, ratio, norm=1):
    if ratio < 0 or ratio >= 1 or np.isnan(ratio): raise ValueError("ratio")
    if norm not in (1, 2): raise ValueError("norm")
    ids = [i for i, l in enumerate(model) if isinstance(l, (Linear, Conv2d))]
    masks = Masks()
    for i in ids:
        w = model[i].weight; n = w.shape[0]; m = np.ones(n, dtype=">i4")
        if i != ids[-1]:
            s = np.array([np.linalg.norm(r.astype("f8").ravel(), ord=norm) for r in w])
            m[np.argsort(s)[:min(int(Decimal(repr(ratio)) * n), n - 1)]] = 0
        masks[f"{i}.weight"] = m
    if all(m.all() for m in masks.values()): return [model, masks]
    layers, prev = list(model), None
    for i, l in enumerate(layers):
        out = masks[f"{i}.weight"].astype(bool) if i in ids else None
        if prev is None and (out is None or out.all()):
            prev = out if i in ids and i != ids[-1] else prev
            continue
        if i in ids:
            w = l.weight if prev is None else l.weight[:, np.repeat(prev, l.weight.shape[1] // prev.size)]
            w, b = w[out], l.bias if l.bias is None else l.bias[out]
            layers[i] = Linear(w, b) if isinstance(l, Linear) else Conv2d(w, b, l.stride, l.padding, l.groups)
            prev = out if i != ids[-1] else None
        elif isinstance(l, (BatchNorm1d, BatchNorm2d)):
            r = np.repeat(prev, l.num_features // prev.size)
            layers[i] = type(l)(l.weight[r], l.bias[r], l.running_mean[r], l.running_var[r], l.eps)
    return [Sequential(layers), masks]
