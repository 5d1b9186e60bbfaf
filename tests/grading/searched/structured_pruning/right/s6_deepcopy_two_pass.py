"""Two passes: rank first, cut a deep copy afterwards."""
import copy
from fractions import Fraction
import numpy as np
from judge.nn import Conv2d, Linear, BatchNorm1d, BatchNorm2d

VECTORS = ("weight", "bias", "running_mean", "running_var")

def prune_structured(model, ratio, norm=1):
    if not (0.0 <= ratio < 1.0):
        raise ValueError("ratio must lie in [0, 1)")
    if norm not in (1, 2):
        raise ValueError("norm must be 1 or 2")
    positions = [p for p, l in enumerate(model) if isinstance(l, (Linear, Conv2d))]
    share = Fraction(str(ratio))
    keeps = {}
    for p in positions[:-1]:
        w = model[p].weight
        n = w.shape[0]
        k = int(share * n)
        flat = w.reshape(n, -1).astype(np.float64)
        keeps[p] = np.sort(np.argsort(np.linalg.norm(flat, norm, axis=1))[k:])
    keeps[positions[-1]] = np.arange(model[positions[-1]].weight.shape[0])
    small = copy.deepcopy(model)
    for a, b in zip(positions, positions[1:]):
        keep, n = keeps[a], model[a].weight.shape[0]
        small[a].weight = small[a].weight.take(keep, axis=0)
        if small[a].bias is not None:
            small[a].bias = small[a].bias.take(keep)
        for q in range(a + 1, b + 1):
            layer = small[q]
            if isinstance(layer, (BatchNorm1d, BatchNorm2d)):
                block = layer.weight.size // n
                idx = (keep[:, None] * block + np.arange(block)).ravel()
                for name in VECTORS:
                    setattr(layer, name, getattr(layer, name).take(idx))
        block = model[b].weight.shape[1] // n
        idx = (keep[:, None] * block + np.arange(block)).ravel()
        small[b].weight = small[b].weight.take(idx, axis=1)
    masks = {}
    for p, keep in keeps.items():
        m = np.zeros(model[p].weight.shape[0], dtype=bool)
        m[keep] = True
        masks[f"{p}.weight"] = m
    return small, masks
