import copy
from decimal import Decimal
import numpy as np
from judge.nn import Conv2d, Linear, Residual

def _walk(seq, prefix=""):
    for i, l in enumerate(seq):
        if isinstance(l, (Linear, Conv2d)):
            yield f"{prefix}{i}.weight", l
        elif isinstance(l, Residual):
            yield from _walk(l.body, f"{prefix}{i}.body.")
            if l.shortcut is not None:
                yield from _walk(l.shortcut, f"{prefix}{i}.shortcut.")

def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1 or scope not in ("layer", "global"):
        raise ValueError("bad argument")
    new = copy.deepcopy(model)
    items = list(_walk(new))
    groups = [items] if scope == "global" else [[x] for x in items]
    masks = {}
    for g in groups:
        a = np.concatenate([np.abs(l.weight).ravel() for _, l in g])
        k = int(Decimal(repr(sparsity)) * a.size)
        keep = np.ones(a.size, bool)
        keep[np.argsort(a, kind="stable")[:k]] = False
        pos = 0
        for name, l in g:
            m = keep[pos:pos + l.weight.size].reshape(l.weight.shape)
            pos += l.weight.size
            masks[name] = m
            l.weight = l.weight * m
    return new, masks
