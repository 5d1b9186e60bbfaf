"""Channel pruning for plain NumPy networks."""

import math
from decimal import ROUND_FLOOR, Decimal
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


def row_norms(weight, norm):
    axes = tuple(range(1, weight.ndim))
    precise = weight.astype("f8")
    if norm == 2:
        return np.sqrt(np.square(precise).sum(axis=axes))
    return np.absolute(precise).sum(axis=axes)


def survivor_flags(scores, k):
    weakest = set(sorted(range(len(scores)), key=lambda c: (scores[c], c))[:k])
    return np.array([c not in weakest for c in range(len(scores))])


def drop_count(ratio, n):
    exact = Decimal(repr(ratio)) * n
    return min(int(exact.to_integral_value(rounding=ROUND_FLOOR)), n - 1)


def refuse_bad(ratio, norm):
    if math.isnan(ratio) or math.isinf(ratio) or ratio < 0 or ratio >= 1:
        raise ValueError("bad ratio: %r" % (ratio,))
    if norm != 1 and norm != 2:
        raise ValueError("bad norm: %r" % (norm,))


VECTORS = ("weight", "bias", "running_mean", "running_var")


def prune_structured(model, ratio, norm=1):
    refuse_bad(ratio, norm)
    pruned = model.copy()
    last = max(i for i, old in enumerate(model.layers) if isinstance(old, (Linear, Conv2d)))
    masks = {}
    alive = None
    for i, old in enumerate(model.layers):
        dst = pruned.layers[i]
        if isinstance(old, (Linear, Conv2d)):
            w = old.weight
            if alive is not None:
                per = w.shape[1] // alive.size
                w = w[:, alive] if per == 1 else w[:, : per * int(alive.sum())]
            n = len(old.weight)
            if i == last:
                alive = np.ones(n, dtype=bool)
            else:
                alive = survivor_flags(row_norms(old.weight, norm), drop_count(ratio, n))
            dst.weight = w[alive]
            if old.bias is not None:
                dst.bias = old.bias[alive]
            masks[str(i) + ".weight"] = alive.copy()
        elif isinstance(old, (BatchNorm1d, BatchNorm2d)) and alive is not None:
            wide = np.repeat(alive, old.weight.size // alive.size)
            for name in VECTORS:
                setattr(dst, name, getattr(old, name)[wide])
    return pruned, masks
