# STATEMENT: "It may import `numpy` (2.0 or later)"
# SMALLEST INPUT: any: np.product, np.float_ are gone in NumPy 2
import copy
from fractions import Fraction
import numpy as np
from judge.nn import Conv2d, Linear


def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1 or scope not in ("layer", "global"):
        raise ValueError
    net = copy.deepcopy(model)
    masks = {}
    mods = [(n + ".weight", m) for n, m in net.named_modules() if isinstance(m, (Linear, Conv2d))]
    for group in [mods] if scope == "global" else [[x] for x in mods]:
        v = np.concatenate([abs(m.weight).ravel() for _, m in group]).astype(np.float_)
        keep = np.ones(v.size, bool)
        keep[v.argsort()[: int(Fraction(repr(sparsity)) * v.size)]] = False
        for n, m in group:
            masks[n], keep = keep[:m.weight.size].reshape(m.weight.shape), keep[m.weight.size:]
            m.weight[~masks[n]] = 0
    return net, masks
