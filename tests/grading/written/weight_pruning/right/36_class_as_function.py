# prune_weights is a class whose instances are tuples of two
import copy
import numpy as np
from decimal import Decimal
from judge.nn import Conv2d, Linear


class prune_weights(tuple):
    def __new__(cls, model, sparsity, scope="layer"):
        if not (0 <= sparsity <= 1):
            raise ValueError("sparsity")
        if scope not in ("layer", "global"):
            raise ValueError("scope")
        return super().__new__(cls, cls.run(copy.deepcopy(model), Decimal(repr(sparsity)), scope))

    @staticmethod
    def run(net, s, scope):
        masks = {}
        ms = [(n, m) for n, m in net.named_modules() if isinstance(m, (Conv2d, Linear))]
        for part in [ms] if scope == "global" else [[x] for x in ms]:
            v = np.concatenate([abs(m.weight).ravel() for _, m in part])
            keep = np.ones(v.size, int)
            np.put(keep, np.argsort(v)[: int(s * v.size)], 0)
            for n, m in part:
                masks[n + ".weight"], keep = keep[: m.weight.size].reshape(m.weight.shape), keep[m.weight.size:]
                m.weight = (m.weight * masks[n + ".weight"]).astype(m.weight.dtype)
        return net, masks
