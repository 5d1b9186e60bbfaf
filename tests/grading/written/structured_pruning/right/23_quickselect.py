"""Hand-written quickselect on (norm, index) pairs."""
import math, random
import numpy as np
from decimal import Decimal
from judge.nn import *

def smallest(pairs, k):
    chosen = []
    while k:
        pivot = pairs[random.randrange(len(pairs))]
        low = [p for p in pairs if p < pivot]
        if len(low) >= k: pairs = low
        else:
            chosen += low + [pivot]; k -= len(low) + 1
            pairs = [p for p in pairs if p > pivot]
    return {i for _, i in chosen}

def prune_structured(model, ratio, norm=1):
    if not (0 <= ratio < 1): raise ValueError("ratio")
    if norm not in (1, 2): raise ValueError("norm")
    main = [i for i, l in enumerate(model) if isinstance(l, Linear | Conv2d)]
    layers, masks, kept = [], {}, None
    for i, l in enumerate(model):
        if isinstance(l, Linear | Conv2d):
            n = len(l.weight)
            pairs = [(math.fsum(map(abs, r)) if norm == 1 else math.hypot(*r), c) for c, r in enumerate(l.weight.astype(float).reshape(n, -1).tolist())]
            dead = smallest(pairs, min(math.ceil(Decimal(repr(ratio)) * n), n - 1)) if i != main[-1] else ()
            mine = [c for c in range(n) if c not in dead]
            w = l.weight[np.array(mine)]
            if kept is not None: w = w[:, kept(w.shape[1])]
            b = l.bias if l.bias is None else l.bias[mine]
            layers.append(Linear(w, b) if isinstance(l, Linear) else Conv2d(w, b, l.stride, l.padding))
            masks[f"{i}.weight"] = np.array([c in set(mine) for c in range(n)]) if n < 50 else np.isin(np.arange(n), mine)
            kept = None if i == main[-1] else (lambda width, mine=mine, n=n: [c * (width // n) + o for c in mine for o in range(width // n)])
        elif isinstance(l, BatchNorm1d | BatchNorm2d) and kept:
            r = kept(l.num_features)
            layers.append(type(l)(l.weight[r], l.bias[r], l.running_mean[r], l.running_var[r], l.eps))
        else: layers.append(l)
    return Sequential(layers), masks
