"""Returns a slimmer copy of a network together with the masks of what stayed."""

import copy
import itertools
from decimal import Decimal

import numpy as np


def magnitudes(tensor, norm):
    abs_vals = np.abs(np.ascontiguousarray(tensor, dtype=np.float64)).ravel()
    starts = np.arange(0, abs_vals.size, abs_vals.size // len(tensor))
    return np.add.reduceat(abs_vals if norm == 1 else np.square(abs_vals), starts)


def quota(ratio, channels_n):
    x = round(Decimal(repr(ratio)) * channels_n)
    if x >= channels_n:
        x = channels_n - 1
    return x


def select(scores, k):
    ranking = sorted(range(len(scores)), key=lambda chan: scores[chan])
    return sorted(ranking[k:])


def features_of(kept, extent, before):
    area = extent // before
    return list(itertools.chain.from_iterable(range(ch * area, (ch + 1) * area) for ch in kept))


def prune_structured(model, ratio, norm=1):
    if not (0 <= ratio <= 1):
        raise ValueError("ratio must be between 0 and 1")
    if norm not in (1, 2):
        raise ValueError("norm must be 1 or 2")
    smaller = copy.deepcopy(model)
    seq = smaller.layers
    where = []
    for pos in range(len(seq)):
        if type(seq[pos]).__name__ in ("Linear", "Conv2d"):
            where.append(pos)

    picked, out_masks = [], {}
    for pos in where:
        n_out = seq[pos].weight.shape[0]
        k = 0 if pos == where[-1] else quota(ratio, n_out)
        kept = select(magnitudes(seq[pos].weight, norm), k)
        picked.append(kept)
        kept_set = set(kept)
        out_masks["%d.weight" % pos] = np.fromiter((ch in kept_set for ch in range(n_out)), dtype=bool, count=n_out)

    for stage in range(len(where) - 1):
        m, kept = seq[where[stage]], picked[stage]
        n_out = m.weight.shape[0]
        m.weight = m.weight[kept]
        if m.bias is not None:
            m.bias = m.bias[kept]
        for follower in range(where[stage] + 1, where[stage + 1]):
            mid = seq[follower]
            if type(mid).__name__ in ("BatchNorm1d", "BatchNorm2d"):
                inner = features_of(kept, mid.weight.shape[0], n_out)
                mid.weight = mid.weight[inner]
                mid.bias = mid.bias[inner]
                mid.running_mean = mid.running_mean[inner]
                mid.running_var = mid.running_var[inner]
        consumer = seq[where[stage + 1]]
        consumer.weight = consumer.weight[:, features_of(kept, consumer.weight.shape[1], n_out)]
    return smaller, out_masks
