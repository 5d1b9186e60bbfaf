"""The name is bound to an instance with __call__; positional-or-keyword, extra options."""
import numpy as np, operator, itertools, functools
from decimal import Decimal
from judge import nn

class _Pruner:
    BN = operator.attrgetter("weight", "bias", "running_mean", "running_var")
    def __call__(self, *args, **kwargs):
        return self._run(*args, **kwargs)
    def _run(self, model, ratio, norm=1, rounding="floor"):
        if not 0 <= ratio < 1: raise ValueError("ratio out of range")
        if norm not in (1, 2): raise ValueError("no such norm")
        heavy = lambda l: isinstance(l, (nn.Linear, nn.Conv2d))
        last = max(i for i, l in enumerate(model) if heavy(l))
        step = functools.partial(self._step, ratio=ratio, norm=norm, last=last, heavy=heavy)
        states = list(itertools.accumulate(enumerate(model), step, initial=(None, None, None)))[1:]
        masks = {f"{i}.weight": s[1] for i, s in enumerate(states) if s[1] is not None}
        return nn.Sequential(s[0] for s in states), masks
    def _step(self, state, item, *, ratio, norm, last, heavy):
        keep = state[2]; i, l = item
        if heavy(l):
            n = l.weight.shape[0]; mask = np.ones(n, bool)
            if i != last:
                s = np.sum(np.abs(np.float64(l.weight)).reshape(n, -1) ** norm, 1)
                mask[s.argsort()[:min(int(Decimal(repr(ratio)) * n), n - 1)]] = False
            w = l.weight[np.ix_(mask, np.ones(l.weight.shape[1], bool) if keep is None else keep.repeat(l.weight.shape[1] // keep.size))]
            b = l.bias[mask] if l.bias is not None else None
            return (nn.Linear(w, b) if isinstance(l, nn.Linear) else nn.Conv2d(w, b, l.stride, l.padding)), mask, mask if i != last else None
        if isinstance(l, (nn.BatchNorm1d, nn.BatchNorm2d)) and keep is not None:
            r = keep.repeat(l.weight.size // keep.size)
            return type(l)(*(v[r] for v in self.BN(l)), l.eps), None, keep
        return l, None, keep

prune_structured = _Pruner()
