"""Structured pruning by filter norm: whole channels go, everything that follows them goes too."""

import math
from decimal import Decimal
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


def weakest_alive(weight, bits, norm):
    return min(
        np.flatnonzero(bits),
        key=lambda c: sum(abs(x) ** norm for x in weight[c].ravel().tolist()) ** (1.0 / norm),
    )


def _k_for(ratio, n):
    return min(math.ceil(Decimal(repr(ratio)) * n), n - 1)


def check_arguments(ratio, norm):
    if math.isnan(ratio) or math.isinf(ratio) or ratio < 0 or ratio >= 1:
        raise ValueError("bad ratio: %r" % (ratio,))
    if norm != 1 and norm != 2:
        raise ValueError("bad norm: %r" % (norm,))


VECTORS = ("weight", "bias", "running_mean", "running_var")


def prune_structured(model, ratio, norm=1):
    check_arguments(ratio, norm)
    result = model.copy()
    final = max(i for i, old in enumerate(model.layers) if isinstance(old, (Linear, Conv2d)))
    masks = {}
    keep = None
    for i, old in enumerate(model.layers):
        dst = result.layers[i]
        if isinstance(old, (Linear, Conv2d)):
            w = old.weight
            if keep is not None:
                w = w[:, np.repeat(keep, w.shape[1] // keep.size)]
            n = len(old.weight)
            if i == final:
                keep = np.ones(n, dtype=bool)
            else:
                keep = np.ones(n, dtype=bool)
                for _ in range(_k_for(ratio, n)):
                    keep[weakest_alive(old.weight, keep, norm)] = False
            dst.weight = w[keep]
            if old.bias is not None:
                dst.bias = old.bias[keep]
            masks[str(i) + ".weight"] = keep.copy()
        elif isinstance(old, (BatchNorm1d, BatchNorm2d)) and keep is not None:
            spread = np.repeat(keep, old.weight.size // keep.size)
            for name in VECTORS:
                setattr(dst, name, getattr(old, name)[spread])
    return result, masks
