"""Columns behind Flatten through a reshape to (out, channels, H*W)."""
import math
from decimal import Decimal

import numpy as np
from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


def drop_inputs(weight, kept, channels):
    out, rest = weight.shape[0], weight.shape[2:]
    return weight.reshape(out, channels, -1, *rest)[:, kept].reshape(out, -1, *rest)


def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1:
        raise ValueError("ratio")
    if norm not in (1, 2):
        raise ValueError("norm")
    net, masks = model.copy(), {}
    pr = [i for i, l in enumerate(model) if isinstance(l, (Linear, Conv2d))]
    for a, b in zip(pr, pr[1:]):
        w = model[a].weight
        n = w.shape[0]
        s = np.abs(w.reshape(n, -1).astype(np.float64))
        s = s.sum(axis=1) if norm == 1 else (s * s).sum(axis=1)
        keep = np.ones(n, bool)
        keep[np.argsort(s)[:min(math.floor(Decimal(repr(ratio)) * n), n - 1)]] = False
        masks[f"{a}.weight"] = keep
        net[a].weight = net[a].weight[keep]
        net[a].bias = None if net[a].bias is None else net[a].bias[keep]
        for l in net.layers[a + 1:b]:
            if isinstance(l, (BatchNorm1d, BatchNorm2d)):
                for name in ("weight", "bias", "running_mean", "running_var"):
                    setattr(l, name, getattr(l, name).reshape(n, -1)[keep].reshape(-1))
        net[b].weight = drop_inputs(net[b].weight, keep, n)
    masks[f"{pr[-1]}.weight"] = np.ones(model[pr[-1]].weight.shape[0], bool)
    return net, masks
