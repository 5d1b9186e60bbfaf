# STATEMENT: "which has up to 1,000,000 weights"
# SMALLEST INPUT: about a thousand weights in one ranking: a recursive selection that goes one weight deep per call
# TRY: C(N(Lin(np.arange(1., 3001.)[None])), .5)
import copy
from fractions import Fraction
import numpy as np
from judge.nn import Conv2d, Linear


def take(order, k, keep):
    if k == 0:
        return keep
    keep[order[0]] = False
    return take(order[1:], k - 1, keep)


def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1 or scope not in ("layer", "global"):
        raise ValueError
    net = copy.deepcopy(model)
    masks = {}
    mods = [(n + ".weight", m) for n, m in net.named_modules() if isinstance(m, (Linear, Conv2d))]
    for group in [mods] if scope == "global" else [[x] for x in mods]:
        v = np.concatenate([abs(m.weight).ravel() for _, m in group])
        keep = take(v.argsort(), int(Fraction(repr(sparsity)) * v.size), np.ones(v.size, bool))
        for n, m in group:
            masks[n], keep = keep[:m.weight.size].reshape(m.weight.shape), keep[m.weight.size:]
            m.weight[~masks[n]] = 0
    return net, masks
