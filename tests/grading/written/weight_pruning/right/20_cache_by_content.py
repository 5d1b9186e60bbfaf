# a module-level cache, keyed by everything that matters
import copy
import hashlib
import numpy as np
from decimal import Decimal
from judge.nn import Linear, Conv2d

_CACHE = {}


def _key(model, sparsity, scope):
    h = hashlib.sha256(repr((sparsity, scope)).encode())
    for n, a in model.named_parameters():
        h.update(repr((n, a.dtype.str, a.shape)).encode())
        h.update(a.tobytes())
    return h.digest()


def _masks(model, sparsity, scope):
    ws = [(n + ".weight", m.weight) for n, m in model.named_modules() if isinstance(m, (Linear, Conv2d))]
    out = {}
    for g in ([ws] if scope == "global" else [[x] for x in ws]):
        v = np.concatenate([np.abs(w).ravel() for _, w in g])
        keep = np.ones(v.size, bool)
        keep[np.argsort(v)[: int(Decimal(repr(sparsity)) * v.size)]] = False
        for n, w in g:
            out[n], keep = keep[: w.size].reshape(w.shape), keep[w.size:]
    return out


def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1:
        raise ValueError("sparsity")
    if scope not in ("layer", "global"):
        raise ValueError("scope")
    key = _key(model, sparsity, scope)
    if key not in _CACHE:
        _CACHE[key] = _masks(model, sparsity, scope)
    masks = _CACHE[key]
    net = copy.deepcopy(model)
    for n, m in net.named_modules():
        if n + ".weight" in masks:
            m.weight = np.where(masks[n + ".weight"], m.weight, 0).astype(m.weight.dtype)
    return net, masks
