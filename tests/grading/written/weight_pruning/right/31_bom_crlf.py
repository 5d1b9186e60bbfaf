import copy
import numpy as np
from decimal import Decimal
import judge.nn


def _select(values, k):
    """Boolean vector, True for exactly k smallest: everything below the cut, then as many of the ties as needed."""
    if k == 0:
        return np.zeros(values.shape, bool)
    t = np.sort(values)[k - 1]
    below = values < t
    ties = np.flatnonzero(values == t)
    below[ties[: k - np.count_nonzero(below)]] = True
    return below


def prune_weights(model, sparsity, scope="layer"):
    if not (0 <= sparsity <= 1):
        raise ValueError("sparsity out of range")
    if scope not in ("layer", "global"):
        raise ValueError("scope?")
    pruned = copy.deepcopy(model)
    layers = {n: l for n, l in pruned.named_modules() if isinstance(l, (judge.nn.Linear, judge.nn.Conv2d))}
    flats = {n: np.abs(l.weight).flatten() for n, l in layers.items()}
    count = lambda n: int(Decimal(repr(sparsity)) * n)
    if scope == "layer":
        drop = {n: _select(f, count(f.size)) for n, f in flats.items()}
    else:
        cat = np.concatenate(list(flats.values()))
        sel = _select(cat, count(cat.size))
        drop, off = {}, 0
        for n, f in flats.items():
            drop[n] = sel[off: off + f.size]
            off += f.size
    masks = {}
    for n, l in layers.items():
        d = drop[n].reshape(l.weight.shape)
        l.weight[d] = 0
        masks[n + ".weight"] = l.weight != 0
    return pruned, masks
