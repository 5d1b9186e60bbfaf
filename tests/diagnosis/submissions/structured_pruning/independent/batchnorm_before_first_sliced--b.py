"""Make a network narrower: prune_structured(model, ratio, norm)."""

import copy
import math
from decimal import ROUND_FLOOR, Decimal
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d


def as_features(cut, hw):
    return [c * hw + j for c in cut for j in range(hw)]


def drop_outputs(target, cut):
    target.weight = np.delete(target.weight, cut, axis=0)
    if target.bias is not None:
        target.bias = np.delete(target.bias, cut)


def drop_stats(bn, cut, n):
    dead = as_features(cut, max(1, len(bn.weight) // n))
    kept = np.isin(np.arange(len(bn.weight)), dead, invert=True)
    for attribute in ("weight", "bias", "running_mean", "running_var"):
        setattr(bn, attribute, getattr(bn, attribute)[kept])


def drop_inputs(reader, cut, n):
    dead = as_features(cut, reader.weight.shape[1] // n)
    reader.weight = np.delete(reader.weight, dead, axis=1)


def prune_structured(model, ratio, norm=1):
    validate(ratio, norm)
    twin_net = copy.deepcopy(model)
    spots = [p for p, item in enumerate(model.layers) if type(item).__name__ in ("Linear", "Conv2d")]
    masks = {"%d.weight" % p: np.ones(model.layers[p].weight.shape[0], dtype=np.uint8) for p in spots}
    for here, consumer in zip(spots, spots[1:]):
        untouched = model.layers[here].weight
        n = untouched.shape[0]
        cut = pick_dead(strengths(untouched, norm), drop_count(ratio, n))
        if len(cut) == 0:
            continue
        masks["%d.weight" % here][cut] = 0
        drop_outputs(twin_net.layers[here], cut)
        start = 0 if here == spots[0] else here + 1
        for between in twin_net.layers[start:consumer]:
            if isinstance(between, (BatchNorm1d, BatchNorm2d)):
                drop_stats(between, cut, n)
        drop_inputs(twin_net.layers[consumer], cut, n)
    return twin_net, masks


def drop_count(ratio, n):
    exact = Decimal(repr(ratio)) * n
    return min(int(exact.to_integral_value(rounding=ROUND_FLOOR)), n - 1)


def strengths(weight, norm):
    strength = {1: lambda row: float(np.abs(row).sum()), 2: lambda row: math.sqrt(float(row @ row))}[norm]
    return [strength(row.astype(np.float64).ravel()) for row in weight]


def validate(ratio, norm):
    if math.isnan(ratio) or math.isinf(ratio) or ratio < 0 or ratio >= 1:
        raise ValueError("bad ratio: %r" % (ratio,))
    if norm != 1 and norm != 2:
        raise ValueError("bad norm: %r" % (norm,))


def pick_dead(scores, k):
    ranking = sorted((score, c) for c, score in enumerate(scores))
    return sorted(c for _, c in ranking[:k])
