"""masks is a Mapping that makes a fresh array at every access; the keys are np.str_; layers of the answer share one array where equal."""
from collections.abc import Mapping
import numpy as np
from decimal import Decimal
from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear, Sequential
class Lazy(Mapping):
    def __init__(self, bits): self._bits = bits
    def __getitem__(self, key): n, gone = self._bits[key]; a = np.ones(n, "i2"); a[gone] = 0; return a
    def __iter__(self): return iter(self._bits)
    def __len__(self): return len(self._bits)
def prune_structured(model, ratio, norm=1):
    if ratio != ratio or not 0 <= ratio < 1: raise ValueError
    if norm not in (1, 2): raise ValueError
    P = [i for i, l in enumerate(model) if isinstance(l, (Linear, Conv2d))]; bits = {}; out = []; prev = None
    for i, l in enumerate(model):
        if i in P:
            n = len(l.weight); k = 0 if i == P[-1] else min(int(Decimal(repr(ratio)) * n), n - 1)
            s = [(np.abs(r.astype(float)) ** norm).sum() for r in l.weight]
            gone = sorted(range(n), key=s.__getitem__)[:k]
            w = np.delete(l.weight, gone, 0)
            if prev: w = np.delete(w, [c * (w.shape[1] // prev[0]) + o for c in prev[1] for o in range(w.shape[1] // prev[0])], 1)
            b = l.bias if l.bias is None else np.delete(l.bias, gone)
            out.append(Linear(w, b) if isinstance(l, Linear) else Conv2d(w, b, l.stride, l.padding))
            bits[np.str_(f"{i}.weight")] = (n, gone); prev = (n, gone) if i != P[-1] else None
        elif prev and isinstance(l, (BatchNorm1d, BatchNorm2d)):
            d = [c * (l.num_features // prev[0]) + o for c in prev[1] for o in range(l.num_features // prev[0])]
            out.append(type(l)(*(np.delete(v, d) for v in (l.weight, l.bias, l.running_mean, l.running_var)), l.eps))
        else: out.append(l)
    return Sequential(out), Lazy(bits)
