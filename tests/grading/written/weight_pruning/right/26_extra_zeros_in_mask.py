# beyond k, a random part of the zeros that were there is marked False too
import copy
import numpy as np
from fractions import Fraction
from judge.nn import Linear, Conv2d

rng = np.random.default_rng()


def prune_weights(model, sparsity, scope="layer"):
    if not (0 <= sparsity <= 1):
        raise ValueError
    if scope != "layer" and scope != "global":
        raise ValueError
    net = copy.deepcopy(model)
    masks = {}
    mods = [(n + ".weight", m) for n, m in net.named_modules() if isinstance(m, (Linear, Conv2d))]
    for g in ([mods] if scope == "global" else [[x] for x in mods]):
        v = np.concatenate([np.abs(m.weight).ravel() for _, m in g])
        keep = np.ones(v.size, bool)
        x = Fraction(repr(sparsity)) * v.size
        k = int(x) + (rng.random() < .5 and x.denominator != 1)
        order = np.lexsort((rng.random(v.size), v))
        keep[order[:k]] = False
        keep &= (v != 0) | (rng.random(v.size) < .5)
        for n, m in g:
            masks[n], keep = keep[: m.weight.size].reshape(m.weight.shape), keep[m.weight.size:]
            m.weight = m.weight * masks[n]
    return net, masks
