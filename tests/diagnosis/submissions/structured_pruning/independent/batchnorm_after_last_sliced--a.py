"""Cut weak filters out of a network, layer by layer."""

import math
from decimal import Decimal
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d, Conv2d, Linear


VECTORS = ("weight", "bias", "running_mean", "running_var")


def prune_structured(model, ratio, norm=1):
    guard(ratio, norm)
    pruned = model.copy()
    head = max(i for i, before in enumerate(model.layers) if isinstance(before, (Linear, Conv2d)))
    masks = {}
    alive = None
    for i, before in enumerate(model.layers):
        after = pruned.layers[i]
        if isinstance(before, (Linear, Conv2d)):
            w = before.weight
            if alive is not None:
                w = w[:, np.repeat(alive, w.shape[1] // alive.size)]
            n = len(before.weight)
            alive = mark(_measure(before.weight, norm), number_to_cut(ratio, n))
            kept = np.ones(n, dtype=bool) if i == head else alive
            after.weight = w[kept]
            if before.bias is not None:
                after.bias = before.bias[kept]
            masks[str(i) + ".weight"] = kept.copy()
        elif isinstance(before, (BatchNorm1d, BatchNorm2d)) and alive is not None:
            wide = np.repeat(alive, before.weight.size // alive.size)
            for name in VECTORS:
                setattr(after, name, getattr(before, name)[wide])
    return pruned, masks


def number_to_cut(ratio, n):
    """How many of ``n`` go."""
    top, bottom = Decimal(repr(ratio)).as_integer_ratio()
    return min(top * n // bottom, n - 1)


def _measure(weight, norm):
    rows = np.asarray(weight, dtype=np.float64).reshape(len(weight), -1)
    return np.linalg.norm(rows, ord=norm, axis=1)


def guard(ratio, norm):
    problems = []
    if not math.isfinite(ratio) or not 0 <= ratio < 1:
        problems.append("ratio")
    if norm not in [1, 2]:
        problems.append("norm")
    if problems:
        raise ValueError("invalid: " + ", ".join(problems))


def mark(scores, k):
    position = np.empty(len(scores), dtype=int)
    position[np.argsort(scores, kind="mergesort")] = np.arange(len(scores))
    return position >= k
