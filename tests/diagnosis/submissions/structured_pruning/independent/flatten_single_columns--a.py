"""Structured pruning by filter norm: whole channels go, everything that follows them goes too."""

import copy
import heapq
from fractions import Fraction
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d


def as_features(cut, hw):
    return [c * hw + j for c in cut for j in range(hw)]


def cut_rows(target, cut):
    target.weight = np.delete(target.weight, cut, axis=0)
    if target.bias is not None:
        target.bias = np.delete(target.bias, cut)


def cut_norm(bn, cut, n):
    dead = as_features(cut, len(bn.weight) // n)
    for attribute in ("weight", "bias", "running_mean", "running_var"):
        setattr(bn, attribute, np.delete(getattr(bn, attribute), dead))


def strip_columns(reader, cut):
    reader.weight = np.delete(reader.weight, cut, axis=1)


def prune_structured(model, ratio, norm=1):
    if norm not in (1, 2) or not (0.0 <= ratio < 1.0):
        raise ValueError(f"cannot prune with ratio={ratio!r}, norm={norm!r}")
    twin_net = copy.deepcopy(model)
    spots = [p for p, item in enumerate(model.layers) if type(item).__name__ in ("Linear", "Conv2d")]
    masks = {"%d.weight" % p: np.ones(model.layers[p].weight.shape[0], dtype=np.uint8) for p in spots}
    for producer, consumer in zip(spots, spots[1:]):
        untouched = model.layers[producer].weight
        n = untouched.shape[0]
        cut = losers(strengths(untouched, norm), quota(ratio, n))
        if len(cut) == 0:
            continue
        masks["%d.weight" % producer][cut] = 0
        cut_rows(twin_net.layers[producer], cut)
        for between in twin_net.layers[producer + 1 : consumer]:
            if isinstance(between, (BatchNorm1d, BatchNorm2d)):
                cut_norm(between, cut, n)
        strip_columns(twin_net.layers[consumer], cut)
    return twin_net, masks


def strengths(weight, norm):
    wide = weight.reshape(weight.shape[0], -1).astype(np.float64)
    return np.abs(wide).sum(axis=-1) if norm == 1 else np.sqrt(np.einsum("ij,ij->i", wide, wide))


def quota(ratio, n):
    return min(int(Fraction(repr(ratio)) * n), n - 1)


def losers(scores, k):
    return sorted(heapq.nsmallest(k, range(len(scores)), key=lambda c: scores[c]))
