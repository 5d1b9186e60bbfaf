"""Filter pruning by magnitude, layer by layer."""

import math
import itertools

import numpy as np


def weakest_out(norms, removed_n):
    ranking = list(range(len(norms)))
    ranking.sort(key=lambda ci: -norms[ci])
    best = ranking[: len(ranking) - removed_n]
    best.sort()
    return best


def channels_to_drop(ratio, how_wide):
    # nine decimals wash out the binary rounding error of the product
    return min(math.floor(round(ratio * how_wide, 9)), how_wide - 1)


def saliency(wts, norm):
    res = []
    for line_of in wts:
        entries = [abs(z) for z in line_of.ravel().tolist()]
        if norm == 1:
            res.append(math.fsum(entries))
        else:
            res.append(math.sqrt(math.fsum(z * z for z in entries)))
    return res


def features_of(remaining, length, total):
    chunk = length // total
    return list(itertools.chain.from_iterable(range(c * chunk, (c + 1) * chunk) for c in remaining))


def prune_structured(model, ratio, norm=1):
    if ratio != ratio or ratio < 0.0 or ratio >= 1.0:
        raise ValueError("bad ratio: %r" % ratio)
    if norm not in {1, 2}:
        raise ValueError("bad norm: %r" % norm)
    clone = model.copy()
    parts_list = clone.layers
    spots = [i for i, m in enumerate(parts_list) if type(m).__name__ in ("Linear", "Conv2d")]

    selections, flags_by_name = [], {}
    for i in spots:
        height = parts_list[i].weight.shape[0]
        removed_n = 0 if i == spots[-1] else channels_to_drop(ratio, height)
        remaining = weakest_out(saliency(parts_list[i].weight, norm), removed_n)
        selections.append(remaining)
        members = set(remaining)
        flags_by_name["%d.weight" % i] = [c in members for c in range(height)]

    for turn, remaining in enumerate(selections[:-1]):
        m = parts_list[spots[turn]]
        height = m.weight.shape[0]
        m.weight = m.weight[remaining]
        if m.bias is not None:
            m.bias = m.bias[remaining]
        for follower in range(spots[turn] + 1, spots[turn + 1]):
            follow = parts_list[follower]
            if type(follow).__name__ in ("BatchNorm1d", "BatchNorm2d"):
                take_these = features_of(remaining, follow.weight.shape[0], height)
                follow.weight = follow.weight[take_these]
                follow.bias = follow.bias[take_these]
                follow.running_mean = follow.running_mean[take_these]
                follow.running_var = follow.running_var[take_these]
        consumer = parts_list[spots[turn + 1]]
        consumer.weight = consumer.weight[:, features_of(remaining, consumer.weight.shape[1], height)]
    return clone, flags_by_name
