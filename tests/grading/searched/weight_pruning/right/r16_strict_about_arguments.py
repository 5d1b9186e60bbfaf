import copy
import math
from decimal import Decimal
import numpy as np
from judge.nn import AvgPool2d, BatchNorm1d, BatchNorm2d, Conv2d, Linear, MaxPool2d, Residual, Sequential

def count(s, n):
    return math.floor(Decimal(repr(s)) * n)


def smallest(v, k):
    drop = np.zeros(v.size, bool)
    drop[np.argsort(v, kind="stable")[:k]] = True
    return drop


def find(model):
    return [(n + ".weight", m) for n, m in model.named_modules() if isinstance(m, (Linear, Conv2d))]


def score(w):
    return np.abs(w)


def mask_of(w, d):
    return ~d


def strict(seq, seen):
    assert type(seq) is Sequential and type(seq.layers) is list
    for m in seq:
        assert id(m) not in seen
        seen[id(m)] = m
        for key, a in vars(m).items():
            if isinstance(a, np.ndarray):
                assert type(a) is np.ndarray and a.flags.writeable and a.flags.aligned and a.dtype.isnative
                assert np.isfinite(a).all() and a.dtype in (np.float16, np.float32, np.float64) and a.size
        if isinstance(m, Residual):
            strict(m.body, seen)
            if m.shortcut is not None:
                strict(m.shortcut, seen)
        if isinstance(m, Conv2d):
            assert type(m.stride) is tuple and type(m.padding) is tuple and type(m.groups) is int
            assert all(type(x) is int for x in m.stride + m.padding)
            assert m.weight.ndim == 4 and m.weight.shape[0] % m.groups == 0
        if isinstance(m, (BatchNorm1d, BatchNorm2d)):
            assert type(m.eps) is float and (m.running_var >= 0).all()
        if isinstance(m, (AvgPool2d, MaxPool2d)):
            assert type(m.stride) is tuple and type(m.kernel_size) is tuple


def validate(sparsity, scope, model=None):
    if model is not None:
        strict(model, {})
        arrays = [a for m in [l for _, l in model.named_modules()] for a in vars(m).values() if isinstance(a, np.ndarray)]
        assert len({a.dtype for a in arrays}) == 1
        for i, a in enumerate(arrays):
            assert not any(np.shares_memory(a, b) for b in arrays[:i])
        ws = [m.weight for _, m in find(model)]
        assert ws
        if ws[0].dtype != np.float16:
            a = np.abs(np.concatenate([w.ravel() for w in ws]).astype(float))
            a = a[a > 0]
            assert ((a >= 1e-15) & (a <= 1e6)).all()
    assert type(sparsity) is float and type(scope) is str
    if not 0 <= sparsity <= 1:
        raise ValueError("sparsity must be in [0, 1]")
    if scope not in ("layer", "global"):
        raise ValueError("scope must be 'layer' or 'global'")

def prune_weights(model, sparsity, scope="layer"):
    validate(sparsity, scope, model)
    net = copy.deepcopy(model)
    mods = find(net)
    groups = [mods] if scope == "global" else [[x] for x in mods]
    masks = {}
    for group in groups:
        v = np.concatenate([score(m.weight).ravel() for _, m in group])
        drop = smallest(v, count(sparsity, v.size))
        at = 0
        for name, m in group:
            w = m.weight
            d = drop[at:at + w.size].reshape(w.shape)
            at += w.size
            m.weight = np.where(d, w.dtype.type(0), w)
            masks[name] = mask_of(m.weight, d)
    return net, masks
