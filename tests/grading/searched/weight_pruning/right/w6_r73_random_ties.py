import copy
from decimal import Decimal
import numpy as np
import judge.nn as nn
from judge.nn import *


def keep_of(a, k):
    p = np.random.default_rng().permutation(a.size)
    keep = np.ones(a.size, bool); keep[p[np.argsort(a[p])[:k]]] = False
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
    for n, w in new.named_parameters():
        if n in masks: w[~masks[n]] = 0
    return new, masks
