"""The function is generated as text, a class per norm by type(), everything through exec."""
import numpy as np, textwrap
from decimal import Decimal
from judge import nn
SCORE = {1: "np.abs(w).sum(1)", 2: "(w * w).sum(1) ** .5"}
ns = dict(np=np, Decimal=Decimal, nn=nn)
for p, formula in SCORE.items():
    exec(f"def score_{p}(w):\n    w = w.astype(np.float64).reshape(w.shape[0], -1)\n    return {formula}", ns)
exec(textwrap.dedent('''
    def prune_structured(model, ratio, *rest, **kw):
        norm = rest[0] if rest else kw.pop("norm", 1)
        if kw or len(rest) > 1: raise TypeError("too much")
        if f"score_{norm}" not in globals(): raise ValueError("no norm " + str(norm))
        if not 0 <= ratio < 1: raise ValueError("no ratio " + str(ratio))
        heavy = [l for l in model if isinstance(l, (nn.Linear, nn.Conv2d))]
        masks, out, keep = {}, [], None
        for i, l in enumerate(model):
            if l in heavy:
                s = globals()[f"score_{norm}"](l.weight)
                k = min(int(Decimal(repr(ratio)) * s.size), s.size - 1) if l is not heavy[-1] else 0
                mask = np.ones_like(s, dtype=bool); mask[np.lexsort((-np.arange(s.size), s))[:k]] = 0
                w = l.weight[mask]
                if keep is not None: w = w[:, np.repeat(keep, w.shape[1] // keep.size)]
                new = nn.Linear(w) if isinstance(l, nn.Linear) else nn.Conv2d(w, None, l.stride, l.padding)
                if l.bias is not None: new.bias = l.bias[mask]
                masks[f"{i}.weight"] = mask; keep = mask if l is not heavy[-1] else None
                out.append(new)
            elif keep is not None and hasattr(l, "running_var"):
                r = np.repeat(keep, l.bias.size // keep.size)
                out.append(type(l)(l.weight[r], l.bias[r], l.running_mean[r], l.running_var[r], l.eps))
            else: out.append(l)
        return nn.Sequential(out), masks
'''), ns)
prune_structured = ns["prune_structured"]
