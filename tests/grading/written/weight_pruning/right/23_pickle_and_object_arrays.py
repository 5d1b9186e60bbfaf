import pickle
import numpy as np
from collections import OrderedDict
from fractions import Fraction
from judge.nn import Linear, Conv2d


def prune_weights(model, sparsity, scope="layer"):
    try:
        share = Fraction(repr(sparsity))  # 'nan' and 'inf' are a ValueError here
    except ValueError as e:
        raise ValueError(f"sparsity must be finite: {e}") from e
    if share < 0 or share > 1:
        raise ValueError("out of [0, 1]")
    group_of = {"layer": lambda i: i, "global": lambda i: 0}
    if scope not in group_of:
        raise ValueError(scope)
    net = pickle.loads(pickle.dumps(model, protocol=2))
    mods = [(n, m) for n, m in net.named_modules() if type(m) in (Linear, Conv2d)]
    objs = [np.abs(m.weight.astype(object)) for _, m in mods]
    buckets = OrderedDict()
    for i, o in enumerate(objs):
        buckets.setdefault(group_of[scope](i), []).extend((v, i, j) for j, v in enumerate(o.ravel()))
    keep = [np.full(o.size, True) for o in objs]
    for b in buckets.values():
        b.sort()
        for _, i, j in b[: share.numerator * len(b) // share.denominator]:
            keep[i][j] = False
    out = OrderedDict()
    for (n, m), k in zip(mods, keep):
        k = k.reshape(m.weight.shape)
        o = m.weight.astype(object)
        o[~k] = 0
        m.weight = o.astype(m.weight.dtype)
        out[n + ".weight"] = k
    return (net, out)
