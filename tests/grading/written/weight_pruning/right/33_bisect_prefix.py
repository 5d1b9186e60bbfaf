from bisect import bisect_left
import copy
import math
import numpy as np
from decimal import Decimal
from collections import ChainMap
from judge.nn import Conv2d, Linear


def cut(values, s):
    ordered = sorted(values)
    k = math.ceil(Decimal(repr(s)) * len(ordered))
    if k == 0:
        return -1.0, 0
    t = ordered[k - 1]
    return t, k - bisect_left(ordered, t)  # threshold, number of ties to prune


def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1:
        raise ValueError(sparsity)
    if scope not in ("layer", "global"):
        raise ValueError(scope)
    net = copy.deepcopy(model)
    maps = []
    modules = [(n + ".weight", m) for n, m in net.named_modules() if isinstance(m, (Conv2d, Linear))]
    t = spare = None
    if scope == "global":
        t, spare = cut([abs(x) for _, m in modules for x in m.weight.ravel().tolist()], sparsity)
    for name, m in modules:
        if scope == "layer":
            t, spare = cut(np.abs(m.weight).ravel().tolist(), sparsity)
        mask = np.empty(m.weight.shape, dtype=bool)
        for index in np.ndindex(*m.weight.shape):
            a = abs(float(m.weight[index]))
            if a < t:
                mask[index] = False
            elif a == t and spare > 0:
                mask[index] = False
                spare -= 1
            else:
                mask[index] = True
        m.weight[~mask] = 0
        maps.append({name: mask})
    return net, ChainMap(*maps)
