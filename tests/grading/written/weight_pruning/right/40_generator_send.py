import copy
import numpy as np
from decimal import Decimal
from judge.nn import Conv2d, Linear


def _masker(s):
    """A generator: fed with magnitudes, it yields keep flags."""
    keep = None
    while True:
        v = yield keep
        keep = np.ones(v.size, bool)
        keep[sorted(range(v.size), key=v.__getitem__)[: int(s * v.size)]] = False


def prune_weights(model, sparsity, scope="layer"):
    if not (0 <= sparsity <= 1):
        raise ValueError("sparsity")
    if scope not in ("layer", "global"):
        raise ValueError("scope")
    net = copy.deepcopy(model)
    g = _masker(Decimal(str(sparsity)))
    next(g)
    ms = [(n + ".weight", m) for n, m in net.named_modules() if isinstance(m, (Conv2d, Linear))]
    v = [np.abs(m.weight).ravel() for _, m in ms]
    if scope == "layer":
        keeps = [g.send(x) for x in v]
    else:
        keeps = np.split(g.send(np.concatenate(v)), np.cumsum([x.size for x in v])[:-1])
    masks = {n: k.reshape(m.weight.shape) for (n, m), k in zip(ms, keeps)}
    for n, m in ms:
        np.multiply(m.weight, masks[n], out=m.weight)
    return net, masks
