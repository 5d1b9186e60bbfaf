"""The entry point is a lambda around two small functions."""
import math
from decimal import Decimal

import numpy as np
from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


def _refuse(text):
    raise ValueError(text)


def _masks(model, ratio, norm):
    ws = {f"{i}.weight": l.weight for i, l in enumerate(model) if isinstance(l, (Linear, Conv2d))}
    last = list(ws)[-1]
    result = {}
    for name, w in ws.items():
        k = 0 if name == last else min(math.floor(Decimal(repr(ratio)) * len(w)), len(w) - 1)
        s = np.linalg.norm(w.reshape(len(w), -1).astype(np.float64), norm, 1)
        result[name] = np.isin(np.arange(len(w)), np.argsort(s)[k:])
    return result


def _slice(net, masks):
    live = None
    for i, l in enumerate(net):
        name = f"{i}.weight"
        if name in masks:
            l.weight = l.weight if live is None else l.weight[:, live.repeat(l.weight.shape[1] // live.size)]
            live = masks[name]
            l.weight, l.bias = l.weight[live], None if l.bias is None else l.bias[live]
        elif live is not None and isinstance(l, (BatchNorm1d, BatchNorm2d)):
            m = live.repeat(l.num_features // live.size)
            l.weight, l.bias, l.running_mean, l.running_var = l.weight[m], l.bias[m], l.running_mean[m], l.running_var[m]
    return net, masks


prune_structured = lambda model, ratio, norm=1: (
    _refuse("ratio") if not 0 <= ratio < 1 else
    _refuse("norm") if norm not in (1, 2) else
    _slice(model.copy(), _masks(model, ratio, norm)))
