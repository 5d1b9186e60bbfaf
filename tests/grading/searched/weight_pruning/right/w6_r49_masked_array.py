import copy
from decimal import Decimal
import numpy as np
from judge.nn import Conv2d, Linear
def prune_weights(model, sparsity, scope="layer"):
    if not 0 <= sparsity <= 1 or scope not in ("layer", "global"): raise ValueError("?")
    new = copy.deepcopy(model)
    ls = {n + ".weight": l for n, l in new.named_modules() if isinstance(l, (Linear, Conv2d))}
    gone = {}
    for keys in ([list(ls)] if scope == "global" else [[k] for k in ls]):
        a = np.concatenate([np.abs(ls[k].weight).ravel() for k in keys])
        idx = np.argsort(a, kind="stable")[: int(Decimal(repr(sparsity)) * a.size)]
        starts = np.cumsum([0] + [ls[k].weight.size for k in keys])
        owner = np.searchsorted(starts, idx, side="right") - 1
        for j, k in enumerate(keys):
            gone[k] = np.unravel_index(idx[owner == j] - starts[j], ls[k].weight.shape)
    masks = {}
    for k, l in ls.items():
        ma = np.ma.array(l.weight, mask=False)
        ma[gone[k]] = np.ma.masked
        l.weight = ma.filled(0)
        masks[k] = np.logical_not(np.ma.getmaskarray(ma)).astype(np.uint64)
    return new, masks
