"""Drop output channels by magnitude and rewire what reads them."""

from decimal import ROUND_FLOOR, Decimal
import numpy as np

from judge import nn


VECTORS = ("weight", "bias", "running_mean", "running_var")


def prune_structured(model, ratio, norm=1):
    refuse_bad(ratio, norm)
    small = model.copy()
    last = max(i for i, src in enumerate(model.layers) if isinstance(src, (nn.Linear, nn.Conv2d)))
    masks = {}
    alive = None
    for i, src in enumerate(model.layers):
        after = small.layers[i]
        if isinstance(src, (nn.Linear, nn.Conv2d)):
            w = src.weight
            if alive is not None:
                w = w[:, np.repeat(alive, w.shape[1] // alive.size)]
            n = len(src.weight)
            if i == last:
                alive = np.ones(n, dtype=bool)
            else:
                alive = survivor_flags(src.weight, norm, _k_for(ratio, n))
            after.weight = w[alive]
            if src.bias is not None:
                after.bias = src.bias[alive]
            masks[str(i) + ".weight"] = alive.copy()
        elif isinstance(src, (nn.BatchNorm1d, nn.BatchNorm2d)) and alive is not None:
            spread = np.repeat(alive, src.weight.size // alive.size)
            for name in VECTORS:
                setattr(after, name, getattr(src, name)[spread])
    return small, masks


def weaker(weight, a, b, norm):
    if norm == 1:
        return sum(abs(float(v)) for v in weight[a].flat) < sum(abs(float(v)) for v in weight[b].flat)
    return sum(float(v) ** 2 for v in weight[a].flat) < sum(float(v) ** 2 for v in weight[b].flat)


def survivor_flags(weight, norm, k):
    queue = np.arange(weight.shape[0])
    for i in range(queue.size):
        for j in range(i + 1, queue.size):
            if weaker(weight, queue[j], queue[i], norm):
                queue[[i, j]] = queue[[j, i]]
    return np.isin(np.arange(queue.size), queue[k:])


def _k_for(ratio, n):
    exact = Decimal(repr(ratio)) * n
    return min(int(exact.to_integral_value(rounding=ROUND_FLOOR)), n - 1)


def refuse_bad(ratio, norm):
    if not 0 <= ratio < 1:
        raise ValueError(f"ratio must lie in [0, 1), not {ratio}")
    if norm not in (1, 2):
        raise ValueError(f"norm must be 1 or 2, not {norm}")
