"""Marks the doomed columns and rows with flags of their own per array, then drops everything flagged."""
import math
from decimal import Decimal

import numpy as np
from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1:
        raise ValueError("ratio")
    if norm not in (1, 2):
        raise ValueError("norm")
    rows, columns, entries = {}, {}, {}
    pr = [i for i, l in enumerate(model) if isinstance(l, (Linear, Conv2d))]
    for i, l in enumerate(model):
        if i in pr:
            rows[i] = np.zeros(l.weight.shape[0], bool)
            columns[i] = np.zeros(l.weight.shape[1], bool)
        elif isinstance(l, (BatchNorm1d, BatchNorm2d)):
            entries[i] = np.zeros(l.num_features, bool)
    for i, nxt in zip(pr[:-1], pr[1:]):
        n = rows[i].size
        s = np.linalg.norm(model[i].weight.astype(np.float64).reshape(n, -1), ord=norm, axis=1)
        for c in np.argsort(s)[:min(math.floor(Decimal(repr(ratio)) * n), n - 1)]:
            rows[i][c] = True
            for flags in [entries[j] for j in range(i + 1, nxt) if j in entries] + [columns[nxt]]:
                size = flags.size // n
                flags[c * size:(c + 1) * size] = True
    net = model.copy()
    for i, l in enumerate(net):
        if i in rows:
            l.weight = l.weight[~rows[i]][:, ~columns[i]]
            l.bias = None if l.bias is None else l.bias[~rows[i]]
        elif i in entries:
            for a in ("weight", "bias", "running_mean", "running_var"):
                setattr(l, a, getattr(l, a)[~entries[i]])
    return net, {f"{i}.weight": ~gone for i, gone in rows.items()}
