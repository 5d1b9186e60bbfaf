"""Own subclasses of every layer and of Sequential, layers as a tuple, extra attributes, broken __call__."""
import numpy as np
from decimal import Decimal
from judge import nn

class Net(nn.Sequential):
    def __init__(self, layers):
        super().__init__(layers)
        self.layers = tuple(layers)
        self.history = ["pruned"]
    def __call__(self, x):
        raise RuntimeError("never called")
class L(nn.Linear):
    comment = "mine"
class C(nn.Conv2d):
    def __init__(self, old, w, b):
        self.weight, self.bias = w, b
        self.stride, self.padding, self.groups = old.stride, old.padding, old.groups
class B1(nn.BatchNorm1d): pass
class B2(nn.BatchNorm2d):
    def forward(self, x): return x * 0

def prune_structured(model, ratio, norm=1):
    if not 0 <= ratio < 1 or norm not in (1, 2):
        raise ValueError("arguments")
    todo = [i for i, l in enumerate(model.layers) if isinstance(l, (nn.Linear, nn.Conv2d))]
    plan = {}
    for i in todo:
        w = model.layers[i].weight
        n = w.shape[0]
        keep = np.ones(n, bool)
        if i != todo[-1]:
            s = np.array([sum(abs(float(v)) ** norm for v in r.flat) for r in w])
            keep[np.argsort(s)[:min(int(Decimal(repr(ratio)) * n), n - 1)]] = False
        plan[i] = keep
    layers, cur = [], None
    for i, l in enumerate(model.layers):
        if i in plan:
            w = l.weight[plan[i]]
            if cur is not None:
                w = w[:, cur.repeat(w.shape[1] // cur.size)]
            b = None if l.bias is None else l.bias[plan[i]]
            l = L(w, b) if isinstance(l, nn.Linear) else C(l, w, b)
            cur = plan[i] if i != todo[-1] else None
        elif cur is not None and isinstance(l, (nn.BatchNorm1d, nn.BatchNorm2d)):
            r = cur.repeat(l.num_features // cur.size)
            l = (B1 if isinstance(l, nn.BatchNorm1d) else B2)(l.weight[r], l.bias[r], l.running_mean[r], l.running_var[r], l.eps)
        layers.append(l)
    return [Net(layers), {f"{i}.weight": m for i, m in plan.items()}]
