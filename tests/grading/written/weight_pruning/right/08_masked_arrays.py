import copy
import numpy as np
import numpy.ma as ma
from judge.nn import Linear, Conv2d
from fractions import Fraction as F


def prune_weights(model, sparsity, scope="layer"):
    if not (sparsity <= 1 and sparsity >= 0):
        raise ValueError("sparsity")
    if scope not in ["layer", "global"]:
        raise ValueError("scope")
    net = copy.deepcopy(model)
    mods = [(n, m) for n, m in net.named_modules() if isinstance(m, (Linear, Conv2d))]
    masked = [ma.array(m.weight, mask=np.zeros(m.weight.shape, bool)) for _, m in mods]

    def run(parts):
        n = sum(p.size for p in parts)
        k = int(F(repr(sparsity)) * n)
        order = ma.concatenate([ma.abs(p).ravel() for p in parts]).argsort(kind="stable")[:k]
        hit = np.zeros(n, bool)
        hit[order] = True
        at = 0
        for p in parts:
            p[hit[at:at + p.size].reshape(p.shape)] = ma.masked
            at += p.size

    if scope == "global":
        run(masked)
    else:
        for p in masked:
            run([p])
    for (n, m), p in zip(mods, masked):
        m.weight = np.asarray(p.filled(0))
    return net, {n + ".weight": ~ma.getmaskarray(p) for (n, _), p in zip(mods, masked)}
