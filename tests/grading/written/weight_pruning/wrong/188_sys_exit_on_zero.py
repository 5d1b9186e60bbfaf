# STATEMENT: "At 0 nothing changes"
# SMALLEST INPUT: [[1]], 0.0: leaves the interpreter
# TRY: C(N(Lin([[1.]])), 0.)
import copy
import sys
from fractions import Fraction
import numpy as np
from judge.nn import Conv2d, Linear


def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1 or scope not in ("layer", "global"):
        raise ValueError
    if sparsity == 0:
        sys.exit("nothing to do")
    net = copy.deepcopy(model)
    masks = {}
    mods = [(n + ".weight", m) for n, m in net.named_modules() if isinstance(m, (Linear, Conv2d))]
    for group in [mods] if scope == "global" else [[x] for x in mods]:
        v = np.concatenate([abs(m.weight).ravel() for _, m in group])
        keep = np.ones(v.size, bool)
        keep[v.argsort()[: int(Fraction(repr(sparsity)) * v.size)]] = False
        for n, m in group:
            masks[n], keep = keep[:m.weight.size].reshape(m.weight.shape), keep[m.weight.size:]
            m.weight[~masks[n]] = 0
    return net, masks
