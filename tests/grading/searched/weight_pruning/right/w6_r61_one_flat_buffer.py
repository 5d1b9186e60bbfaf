import copy
from decimal import Decimal
import numpy as np
import judge.nn as nn
from judge.nn import *

def keep_of(a, k):
    keep = np.ones(a.size, bool)
    keep[np.argsort(a, kind="stable")[:k]] = False
    return keep
def masks_of(model, sparsity, scope):
    if not 0 <= sparsity <= 1 or scope not in ("layer", "global"): raise ValueError("?")
    ws = [(n, w) for n, w in model.named_parameters() if w.ndim > 1]
    masks = {}
    for g in ([ws] if scope == "global" else [[x] for x in ws]):
        a = np.concatenate([np.abs(w).ravel() for _, w in g])
        keep = keep_of(a, int(Decimal(repr(sparsity)) * a.size))
        for n, w in g:
            masks[n] = keep[:w.size].reshape(w.shape); keep = keep[w.size:]
    return masks

def prune_weights(model, sparsity, scope="layer"):
    masks = masks_of(model, sparsity, scope)
    new = copy.deepcopy(model)
    ls = [(n + ".weight", l) for n, l in new.named_modules() if isinstance(l, (Linear, Conv2d))]
    flat = np.concatenate([(l.weight * masks[n]).ravel() for n, l in ls])
    flat.flags.writeable = False
    at = 0
    for n, l in ls:
        l.weight, at = flat[at:at + l.weight.size].reshape(l.weight.shape), at + l.weight.size
    return new, masks
