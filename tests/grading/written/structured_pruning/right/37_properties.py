"""Subclasses whose attributes are properties: layers a property giving a fresh tuple, weights computed when read."""
import numpy as np
from decimal import Decimal
from judge import nn
class LazyNet(nn.Sequential):
    def __init__(self, make): self._make = make
    @property
    def layers(self): return tuple(self._make)
class LazyLinear(nn.Linear):
    def __init__(self, old, rows, cols): self._ = old, rows, cols
    @property
    def weight(self): o, r, c = self._; return o.weight[r][:, c]
    @property
    def bias(self): o, r, c = self._; return None if o.bias is None else o.bias[r]
class LazyConv(nn.Conv2d):
    groups = 1
    def __init__(self, old, rows, cols): self._ = old, rows, cols
    weight, bias = LazyLinear.weight, LazyLinear.bias
    stride = property(lambda s: s._[0].stride); padding = property(lambda s: s._[0].padding)
def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1 or norm not in (1, 2): raise ValueError
    model = model.copy()
    P = [i for i, l in enumerate(model) if isinstance(l, (nn.Linear, nn.Conv2d))]; out, masks, keep = [], {}, None
    for i, l in enumerate(model):
        if i in P:
            n = len(l.weight); k = 0 if i == P[-1] else min(int(Decimal(repr(ratio)) * n), n - 1)
            mask = np.argsort(np.argsort((abs(l.weight.astype(float)) ** norm).reshape(n, -1).sum(1))) >= k
            cols = slice(None) if keep is None else keep.repeat(l.weight.shape[1] // keep.size)
            out.append((LazyLinear if isinstance(l, nn.Linear) else LazyConv)(l, mask, cols))
            masks[f"{i}.weight"] = mask; keep = mask if i != P[-1] else None
        elif keep is not None and isinstance(l, (nn.BatchNorm1d, nn.BatchNorm2d)):
            r = keep.repeat(l.num_features // keep.size)
            out.append(type(l)(l.weight[r], l.bias[r], l.running_mean[r], l.running_var[r], l.eps))
        else: out.append(l)
    return LazyNet(out), masks
