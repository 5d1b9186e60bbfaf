"""Make a network narrower: prune_structured(model, ratio, norm)."""

import copy
import math
from decimal import Decimal
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d


def as_features(gone, hw):
    return [c * hw + j for c in gone for j in range(hw)]


def cut_rows(target, gone):
    target.weight = np.delete(target.weight, gone, axis=0)
    if target.bias is not None:
        target.bias = np.delete(target.bias, gone)


def drop_stats(bn, gone, n):
    dead = as_features(gone, len(bn.weight) // n)
    for attribute in ("weight", "bias", "running_mean", "running_var"):
        setattr(bn, attribute, np.delete(getattr(bn, attribute), dead))


def strip_columns(reader, gone, n):
    dead = as_features(gone, reader.weight.shape[1] // n)
    reader.weight = np.delete(reader.weight, dead, axis=1)


def prune_structured(model, ratio):
    if not 0 <= ratio < 1:
        raise ValueError(f"ratio {ratio} is not in [0, 1)")
    slim = copy.deepcopy(model)
    spots = [p for p, item in enumerate(model.layers) if type(item).__name__ in ("Linear", "Conv2d")]
    masks = {"%d.weight" % p: np.ones(model.layers[p].weight.shape[0], dtype=np.uint8) for p in spots}
    for producer, there in zip(spots, spots[1:]):
        w0 = model.layers[producer].weight
        n = w0.shape[0]
        gone = doomed(importance(w0), drop_count(ratio, n))
        if len(gone) == 0:
            continue
        masks["%d.weight" % producer][gone] = 0
        cut_rows(slim.layers[producer], gone)
        for between in slim.layers[producer + 1 : there]:
            if isinstance(between, (BatchNorm1d, BatchNorm2d)):
                drop_stats(between, gone, n)
        strip_columns(slim.layers[there], gone, n)
    return slim, masks


def drop_count(ratio, n):
    wanted = math.floor(Decimal(repr(ratio)) * Decimal(n))
    if wanted >= n:
        wanted = n - 1
    return wanted


def doomed(scores, k):
    return np.sort(np.argsort(scores, kind="stable")[:k])


def importance(weight):
    return np.abs(weight.astype(np.float64)).sum(axis=tuple(range(1, weight.ndim)))
