# legal but odd arrays: read-only, Fortran, strides of 0, masks that share one buffer, layers that share memory
import copy
import numpy as np
from decimal import Decimal
from judge.nn import Linear, Conv2d


def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1:
        raise ValueError
    if scope not in ("layer", "global"):
        raise ValueError
    net = copy.deepcopy(model)
    mods = {n: m for n, m in net.named_modules() if isinstance(m, (Linear, Conv2d))}
    total = sum(m.weight.size for m in mods.values())
    buffer = np.ones(total, bool)
    at, masks = 0, {}
    for n, m in mods.items():
        masks[n] = buffer[at:at + m.weight.size].reshape(m.weight.shape, order="F")
        at += m.weight.size
    if scope == "global":
        mags = np.concatenate([np.abs(m.weight).ravel(order="F") for m in mods.values()])
        buffer[np.argsort(mags)[: int(Decimal(repr(sparsity)) * total)]] = False
    else:
        for n, m in mods.items():
            k = int(Decimal(repr(sparsity)) * m.weight.size)
            idx = np.unravel_index(np.argsort(np.abs(m.weight), axis=None)[:k], m.weight.shape)
            masks[n][idx] = False
    zero = np.zeros(1, next(iter(mods.values())).weight.dtype)
    for n, m in mods.items():
        if masks[n].any():
            w = np.asfortranarray(np.where(masks[n], m.weight, zero[0]))[::-1][::-1]
        else:
            w = np.broadcast_to(zero, m.weight.shape)
            masks[n] = np.broadcast_to(np.False_, m.weight.shape)
        w.flags.writeable = False
        m.weight = w
    buffer.flags.writeable = False
    return net, {n + ".weight": m for n, m in masks.items()}
