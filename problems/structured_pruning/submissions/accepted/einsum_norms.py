"""Norms by einsum in float64 on a (out, fan_in) view."""
import math
from decimal import Decimal

import numpy as np
from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1:
        raise ValueError("ratio")
    if norm not in (1, 2):
        raise ValueError("norm")

    def energy(w):
        rows = np.abs(w.reshape(len(w), -1), dtype=np.float64)
        return np.einsum("oi->o", rows) if norm == 1 else np.einsum("oi,oi->o", rows, rows)

    net = model.copy()
    rank = {i: np.argsort(np.argsort(energy(l.weight))) for i, l in enumerate(model) if isinstance(l, (Linear, Conv2d))}
    k = {i: min(math.floor(Decimal(repr(ratio)) * len(r)), len(r) - 1) for i, r in rank.items()}
    k[max(k)] = 0
    keep = {i: rank[i] >= k[i] for i in rank}
    for first, second in zip(sorted(keep), sorted(keep)[1:] + [len(net)]):
        here = net[first]
        here.weight = here.weight[keep[first]]
        here.bias = None if here.bias is None else here.bias[keep[first]]
        for layer in net[first + 1:second]:
            if isinstance(layer, (BatchNorm1d, BatchNorm2d)):
                m = np.repeat(keep[first], layer.num_features // len(keep[first]))
                for a in ("weight", "bias", "running_mean", "running_var"):
                    setattr(layer, a, getattr(layer, a)[m])
        if second < len(net):
            w = net[second].weight
            net[second].weight = w[:, np.repeat(keep[first], w.shape[1] // len(keep[first]))]
    return net, {f"{i}.weight": m for i, m in keep.items()}
