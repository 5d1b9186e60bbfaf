"""The entry point is a functools.partial of a general tool with the norms filled in."""
import math
from decimal import Decimal
from functools import partial

import numpy as np
from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


def prune_by(score_functions, model, ratio, norm=1):
    if norm not in score_functions:
        raise ValueError("norm")
    if not 0 <= ratio < 1:
        raise ValueError("ratio")
    score = score_functions[norm]
    net, live, masks = model.copy(), None, {}
    final = [l for l in net if isinstance(l, (Linear, Conv2d))][-1]
    for i, l in enumerate(net):
        if isinstance(l, (Linear, Conv2d)):
            n = l.weight.shape[0]
            mask = np.ones(n, dtype=bool)
            if l is not final:
                values = [score(row.ravel()) for row in l.weight.astype(np.float64)]
                mask[np.argsort(values)[:min(math.floor(Decimal(repr(ratio)) * n), n - 1)]] = False
            if live is not None:
                l.weight = l.weight[:, np.repeat(live, l.weight.shape[1] // live.size)]
            l.weight = l.weight[mask]
            if l.bias is not None:
                l.bias = l.bias[mask]
            masks[f"{i}.weight"] = live = mask
        elif live is not None and isinstance(l, (BatchNorm1d, BatchNorm2d)):
            m = np.repeat(live, l.num_features // live.size)
            for a in ("weight", "bias", "running_mean", "running_var"):
                setattr(l, a, getattr(l, a)[m])
    return net, masks


prune_structured = partial(prune_by, {1: lambda r: np.abs(r).sum(), 2: lambda r: math.sqrt(r @ r)})
