# magnitudes compared as unsigned integers: the exponent/mantissa bits of |w| are ordered like |w|
import copy
import numpy as np
from judge.nn import Linear, Conv2d, Residual

U = {2: np.uint16, 4: np.uint32, 8: np.uint64}


def magnitude_bits(w):
    u = np.ascontiguousarray(w).view(U[w.itemsize]).ravel()
    return (u & u.dtype.type((1 << (8 * w.itemsize - 1)) - 1)).astype(np.uint64)


def exact_floor(s, n):
    digits = format(__import__("decimal").Decimal(repr(s)), "f")
    whole, _, frac = digits.partition(".")
    return int(whole + frac) * n // 10 ** len(frac)


def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1:
        raise ValueError
    if scope not in ("layer", "global"):
        raise ValueError
    model = copy.deepcopy(model)
    names, mods = zip(*[(n, m) for n, m in model.named_modules() if isinstance(m, (Linear, Conv2d))])
    keys = [magnitude_bits(m.weight) for m in mods]
    if scope == "layer":
        masks = []
        for k in keys:
            r = np.empty(k.size, np.int64)
            r[np.argsort(k, kind="stable")] = np.arange(k.size)
            masks.append(r >= exact_floor(sparsity, k.size))
    else:
        k = np.concatenate(keys)
        r = np.empty(k.size, np.int64)
        r[np.argsort(k, kind="stable")] = np.arange(k.size)
        masks = np.split(r >= exact_floor(sparsity, k.size), np.cumsum([x.size for x in keys])[:-1])
    result = {}
    for n, m, mask in zip(names, mods, masks):
        mask = mask.reshape(m.weight.shape)
        m.weight[~mask] = 0
        result[n + ".weight"] = mask.astype(np.int8)
    return model, result
