import copy
import functools
import numpy as np
from decimal import Decimal
from judge.nn import Conv2d, Linear

__all__ = ["prune_weights"]


def validated(f):
    @functools.wraps(f)
    def inner(*args, **kwargs):
        model, s = args
        scope = kwargs.pop("scope", "layer")
        if kwargs:
            raise TypeError(kwargs)
        if not (0 <= s <= 1):
            raise ValueError(f"sparsity {s}")
        if scope not in ("layer", "global"):
            raise ValueError(f"scope {scope}")
        return f(model, s, scope)
    return inner


def _prune(kind, model, s, scope):
    net = copy.deepcopy(model)
    ms = [(n, m) for n, m in net.named_modules() if isinstance(m, kind)]
    result = {}
    for part in (ms,) if scope == "global" else ([x] for x in ms):
        v = np.abs(np.concatenate([m.weight.reshape(-1) for n, m in part]))
        k = int(Decimal(repr(s)) * v.size)
        keep = np.full(v.size, True)
        if 0 < k < v.size:
            keep[np.argpartition(v, k)[:k]] = False
        elif k:
            keep[:] = False
        for n, m in part:
            result[n + ".weight"], keep = keep[: m.weight.size].reshape(m.weight.shape), keep[m.weight.size:]
            m.weight[np.logical_not(result[n + ".weight"])] = 0
    return net, result


prune_weights = validated(functools.partial(_prune, (Conv2d, Linear)))
