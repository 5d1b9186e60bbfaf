# moves a threshold by bisection over the integers that are the floats' bit patterns
import copy
import numpy as np
from fractions import Fraction
from judge.nn import Conv2d, Linear


def smallest(values, k):
    bits = values.view(f"u{values.itemsize}").astype(np.uint64)
    low, high = -1, int(bits.max())
    if k == 0:
        return np.zeros(values.size, bool)
    while high - low > 1:  # invariant: count(<= low) < k <= count(<= high)
        middle = (low + high) // 2
        if np.count_nonzero(bits <= middle) >= k:
            high = middle
        else:
            low = middle
    drop = bits < high
    rest = np.flatnonzero(bits == high)[::-1][: k - int(drop.sum())]
    drop[rest] = True
    return drop


def prune_weights(model, sparsity, scope="layer"):
    if not (0 <= sparsity <= 1):
        raise ValueError("sparsity")
    if scope not in ("layer", "global"):
        raise ValueError("scope")
    net = copy.deepcopy(model)
    ms = [(n + ".weight", m) for n, m in net.named_modules() if isinstance(m, (Conv2d, Linear))]
    masks = {}
    for part in [ms] if scope == "global" else [[x] for x in ms]:
        v = np.abs(np.concatenate([m.weight.ravel() for _, m in part]))
        drop = smallest(v, int(Fraction(repr(sparsity)) * v.size))
        for n, m in part:
            d, drop = drop[: m.weight.size].reshape(m.weight.shape), drop[m.weight.size:]
            m.weight[d] = 0
            masks[n] = 1 - d.astype(np.int16)
    return net, masks
