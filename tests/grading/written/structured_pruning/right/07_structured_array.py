import collections, types
import numpy as np
from fractions import Fraction as F
from judge.nn import Linear, Conv2d, BatchNorm1d, BatchNorm2d, Sequential

Kept = collections.namedtuple("Kept", "index total")
Result = collections.namedtuple("Result", "model masks")

def prune_structured(model, ratio, norm=1):
    if norm not in (1, 2): raise ValueError('norm')
    if not 0 <= ratio < 1: raise ValueError('ratio')
    prunable = {i for i, l in enumerate(model.layers) if isinstance(l, (Linear, Conv2d))}
    last = max(prunable)
    masks = collections.OrderedDict()
    out_layers = []
    state = None
    for i, l in enumerate(model.layers):
        if i in prunable:
            n = l.weight.shape[0]
            rec = np.zeros(n, dtype=[("score", "f8"), ("row", "i4")])
            rec["row"] = np.arange(n)[::-1]            # ties: the higher index goes first
            w = l.weight.astype("f8").reshape(n, -1)[::-1]
            rec["score"] = np.einsum("ij,ij->i", w, w) if norm == 2 else np.einsum("ij->i", abs(w))
            rec.sort(order=["score"], kind="stable")
            k = 0 if i == last else min(F(repr(ratio)) * n // 1, n - 1)
            idx = np.sort(rec["row"][k:])
            mask = np.isin(np.arange(n), idx)
            masks[f"{i}.weight"] = mask
            w = l.weight
            if state is not None:
                w = np.delete(w, gone(state, w.shape[1]), axis=1)
            w = np.delete(w, np.where(~mask)[0], axis=0)
            b = l.bias if l.bias is None else np.delete(l.bias, np.where(~mask)[0])
            out_layers.append(Linear(w, b) if isinstance(l, Linear) else Conv2d(w, b, l.stride, l.padding, 1))
            state = None if i == last else Kept(idx, n)
        elif isinstance(l, (BatchNorm1d, BatchNorm2d)) and state is not None:
            g = gone(state, l.num_features)
            out_layers.append(type(l)(np.delete(l.weight, g), np.delete(l.bias, g), np.delete(l.running_mean, g), np.delete(l.running_var, g), l.eps))
        else:
            out_layers.append(l)
    return Result(Sequential(out_layers), types.MappingProxyType(masks))

def gone(state, n):
    block = n // state.total
    removed = np.setdiff1d(np.arange(state.total), state.index)
    return (removed[:, None] * block + np.arange(block)[None]).ravel()
