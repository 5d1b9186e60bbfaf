"""A generator that is sent layers and yields smaller ones."""
import numpy as np, copy
from decimal import Decimal, localcontext, ROUND_FLOOR
from judge import nn

def pruner(ratio, norm, last):
    keep = None
    layer, i = yield
    while True:
        new, mask = copy.copy(layer), None          # shallow: arrays shared, attributes replaced
        match layer:
            case nn.Linear(weight=w) | nn.Conv2d(weight=w):
                n = w.shape[0]
                mask = np.ones(n, np.bool_)
                if i < last:
                    with localcontext() as ctx:
                        ctx.prec = 60
                        k = int((Decimal(repr(ratio)) * n).to_integral_value(rounding=ROUND_FLOOR))
                    k = min(k, n - 1)
                    s = np.array([np.linalg.norm(row.astype(np.float64).ravel(), norm) for row in w])
                    mask[np.argpartition(s, k)[:k]] = False
                if keep is not None:
                    w = w[:, np.repeat(keep, w.shape[1] // len(keep))]
                new.weight = w[mask]
                new.bias = None if layer.bias is None else layer.bias[mask]
                keep = mask if i < last else None
            case nn.BatchNorm1d() | nn.BatchNorm2d() if keep is not None:
                r = np.repeat(keep, len(layer.bias) // len(keep))
                new.weight, new.bias = layer.weight[r], layer.bias[r]
                new.running_mean, new.running_var = layer.running_mean[r], layer.running_var[r]
        layer, i = yield new, mask

def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1: raise ValueError
    if norm not in (1, 2): raise ValueError
    last = [i for i, l in enumerate(model) if isinstance(l, (nn.Linear, nn.Conv2d))].pop()
    gen = pruner(ratio, norm, last)
    next(gen)
    small, masks = nn.Sequential(), {}
    for i, l in enumerate(model):
        new, mask = gen.send((l, i))
        small.append(new)
        if mask is not None:
            masks[f"{i}.weight"] = mask
    return small, masks
