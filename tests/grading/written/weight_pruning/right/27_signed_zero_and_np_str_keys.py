# keys are numpy strings (a str that equals and hashes like it); pruned entries are -0.0; masks are big-endian integers
import copy
import numpy as np
from decimal import Decimal
from judge.nn import Linear, Conv2d


def prune_weights(model, sparsity, scope="layer"):
    if not (0 <= sparsity <= 1):
        raise ValueError
    if scope != "layer" and scope != "global":
        raise ValueError
    net = copy.deepcopy(model)
    mods = [m for _, m in net.named_modules() if isinstance(m, (Linear, Conv2d))]
    names = np.array([n + ".weight" for n, m in net.named_modules() if isinstance(m, (Linear, Conv2d))])
    v = [np.abs(m.weight).ravel() for m in mods]
    d = Decimal(repr(sparsity))
    if scope == "global":
        order = np.argsort(np.concatenate(v))
        flags = np.ones(order.size, ">i4")
        flags[order[: int(d * order.size)]] = 0
        flags = np.split(flags, np.cumsum([x.size for x in v])[:-1])
    else:
        flags = []
        for x in v:
            f = np.ones(x.size, ">i4")
            f[np.argsort(x)[: int(d * x.size)]] = 0
            flags.append(f)
    masks = {}
    for name, m, f in zip(names, mods, flags):
        masks[name] = f.reshape(m.weight.shape)
        m.weight[masks[name] == 0] = -0.0
    return net, masks
