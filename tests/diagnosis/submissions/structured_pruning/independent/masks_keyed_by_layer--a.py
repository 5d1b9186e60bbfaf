"""Returns a slimmer copy of a network together with the masks of what stayed."""

from decimal import Decimal

import numpy as np


def decide(s_, removed_n):
    asc = sorted(range(len(s_)), key=lambda u: s_[u])
    return sorted(asc[removed_n:])


def quota(ratio, n):
    """How many of n channels go, by the decimal digits of the ratio."""
    x = Decimal(repr(ratio)) * n
    removed_n = int(x)
    return removed_n if removed_n < n else n - 1


def filter_norms(filters, norm):
    others = tuple(range(1, filters.ndim))
    powers = np.abs(filters.astype("float64")) ** norm
    return powers.sum(axis=others) ** (1 / norm)


def spread(kept, length, width):
    per_channel = length // width
    found = []
    for ch in kept:
        found.extend(range(ch * per_channel, ch * per_channel + per_channel))
    return found


def prune_structured(model, ratio, norm=1):
    if ratio != ratio or ratio < 0.0 or ratio >= 1.0:
        raise ValueError("bad ratio: %r" % ratio)
    if norm not in {1, 2}:
        raise ValueError("bad norm: %r" % norm)
    smaller = model.copy()
    everything = smaller.layers
    prunable = []
    for index in range(len(everything)):
        if type(everything[index]).__name__ in ("Linear", "Conv2d"):
            prunable.append(index)

    all_kept, kept_masks = [], {}
    for index in prunable:
        rows = everything[index].weight.shape[0]
        removed_n = 0 if index == prunable[-1] else quota(ratio, rows)
        kept = decide(filter_norms(everything[index].weight, norm), removed_n)
        all_kept.append(kept)
        inside = set(kept)
        kept_masks[str(index)] = np.array([ch in inside for ch in range(rows)])

    for stage, kept in enumerate(all_kept[:-1]):
        m = everything[prunable[stage]]
        rows = m.weight.shape[0]
        m.weight = m.weight[kept]
        if m.bias is not None:
            m.bias = m.bias[kept]
        for t in range(prunable[stage] + 1, prunable[stage + 1]):
            follow = everything[t]
            if type(follow).__name__[:9] == "BatchNorm":
                sel = spread(kept, follow.weight.shape[0], rows)
                for field in "weight bias running_mean running_var".split():
                    setattr(follow, field, getattr(follow, field)[sel])
        consumer = everything[prunable[stage + 1]]
        consumer.weight = consumer.weight[:, spread(kept, consumer.weight.shape[1], rows)]
    return smaller, kept_masks
