"""LSD radix sort of the magnitudes' bits, in NumPy, then a cut; own counting of digits."""
import copy
import numpy as np
from fractions import Fraction
from judge.nn import Linear, Conv2d


def radix_order(values):
    bits = np.ascontiguousarray(np.abs(values)).view(f"u{values.itemsize}")
    order = np.arange(bits.size)
    for shift in range(0, 8 * values.itemsize, 16):
        digit = ((bits[order] >> bits.dtype.type(shift)) & bits.dtype.type(0xFFFF)).astype(np.uint16)
        order = order[np.argsort(digit, kind="stable")]
    return order


def prune_weights(model, sparsity, scope="layer"):
    if not (0 <= sparsity <= 1):
        raise ValueError
    if scope != "layer" and scope != "global":
        raise ValueError
    net = copy.deepcopy(model)
    masks = {}
    mods = [(n + ".weight", m) for n, m in net.named_modules() if isinstance(m, (Linear, Conv2d))]
    for g in ([mods] if scope == "global" else [[x] for x in mods]):
        v = np.concatenate([m.weight.ravel() for _, m in g])
        keep = np.ones(v.size, bool)
        keep[radix_order(v)[: int(Fraction(repr(sparsity)) * v.size)]] = False
        for n, m in g:
            masks[n], keep = keep[: m.weight.size].reshape(m.weight.shape), keep[m.weight.size:]
            m.weight[...] = np.where(masks[n], m.weight, 0)
    return net, masks
