"""Make a network narrower: prune_structured(model, ratio, norm)."""

import math
from decimal import Decimal
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


def row_norms(weight, norm):
    result = []
    for row in weight:
        values = row.ravel().tolist()
        if norm == 1:
            result.append(math.fsum(abs(v) for v in values))
        else:
            result.append(math.sqrt(math.fsum(v * v for v in values)))
    return result


def refuse_bad(ratio, norm):
    if not 0 <= ratio < 1:
        raise ValueError(f"ratio must lie in [0, 1), not {ratio}")
    if norm not in (1, 2):
        raise ValueError(f"norm must be 1 or 2, not {norm}")


def how_many(ratio, n):
    return min(math.ceil(Decimal(repr(ratio)) * n), n - 1)


def keep_mask(scores, k):
    on = np.zeros(len(scores), dtype=bool)
    on[np.argpartition(np.asarray(scores), k)[k:]] = True
    return on


VECTORS = ("weight", "bias", "running_mean", "running_var")


def prune_structured(model, ratio, norm=1):
    refuse_bad(ratio, norm)
    small = model.copy()
    head = max(i for i, old in enumerate(model.layers) if isinstance(old, (Linear, Conv2d)))
    masks = {}
    keep = None
    for i, old in enumerate(model.layers):
        after = small.layers[i]
        if isinstance(old, (Linear, Conv2d)):
            w = after.weight  # its columns have been cut already
            n = len(old.weight)
            if i == head:
                keep = np.ones(n, dtype=bool)
            else:
                keep = keep_mask(row_norms(old.weight, norm), how_many(ratio, n))
            after.weight = w[keep]
            if old.bias is not None:
                after.bias = old.bias[keep]
            reader = next(m for m in small.layers[i + 1 :] if isinstance(m, (Linear, Conv2d)))
            reader.weight = reader.weight[:, np.repeat(keep, reader.weight.shape[1] // keep.size)]
            masks[str(i) + ".weight"] = keep.copy()
        elif isinstance(old, (BatchNorm1d, BatchNorm2d)) and keep is not None:
            spread = np.repeat(keep, old.weight.size // keep.size)
            for name in VECTORS:
                setattr(after, name, getattr(old, name)[spread])
    return small, masks
