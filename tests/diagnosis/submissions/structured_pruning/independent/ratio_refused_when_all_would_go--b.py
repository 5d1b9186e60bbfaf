"""Prune whole filters, keep the rest as it is."""

import copy
import math
from decimal import Decimal
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d


def magnitudes(weight, norm):
    flat = np.abs(weight.astype(np.float64)).reshape(weight.shape[0], -1)
    if norm == 1:
        return flat.sum(axis=1)
    return np.sqrt((flat * flat).sum(axis=1))


def drop_count(ratio, n):
    exact = Decimal(repr(ratio)) * n
    return int(exact.to_integral_value(rounding="ROUND_CEILING"))


def weakest(scores, k):
    ranking = sorted((score, c) for c, score in enumerate(scores))
    return sorted(c for _, c in ranking[:k])


def refuse_bad(ratio, norm):
    if math.isnan(ratio) or math.isinf(ratio) or ratio < 0 or ratio >= 1:
        raise ValueError("bad ratio: %r" % (ratio,))
    if norm != 1 and norm != 2:
        raise ValueError("bad norm: %r" % (norm,))


def as_features(cut, hw):
    return [c * hw + j for c in cut for j in range(hw)]


def drop_outputs(target, cut):
    target.weight = np.delete(target.weight, cut, axis=0)
    if target.bias is not None:
        target.bias = np.delete(target.bias, cut)


def strip_norm(bn, cut, n):
    dead = as_features(cut, len(bn.weight) // n)
    for attribute in ("weight", "bias", "running_mean", "running_var"):
        setattr(bn, attribute, np.delete(getattr(bn, attribute), dead))


def strip_columns(reader, cut, n):
    dead = as_features(cut, reader.weight.shape[1] // n)
    reader.weight = np.delete(reader.weight, dead, axis=1)


def prune_structured(model, ratio, norm=1):
    refuse_bad(ratio, norm)
    twin_net = copy.deepcopy(model)
    at = [p for p, item in enumerate(model.layers) if type(item).__name__ in ("Linear", "Conv2d")]
    masks = {"%d.weight" % p: np.ones(model.layers[p].weight.shape[0], dtype=np.uint8) for p in at}
    for here, there in zip(at, at[1:]):
        w0 = model.layers[here].weight
        n = w0.shape[0]
        if drop_count(ratio, n) == n:
            raise RuntimeError("layer %d would be empty" % here)
        cut = weakest(magnitudes(w0, norm), drop_count(ratio, n))
        if len(cut) == 0:
            continue
        masks["%d.weight" % here][cut] = 0
        drop_outputs(twin_net.layers[here], cut)
        for between in twin_net.layers[here + 1 : there]:
            if isinstance(between, (BatchNorm1d, BatchNorm2d)):
                strip_norm(between, cut, n)
        strip_columns(twin_net.layers[there], cut, n)
    return twin_net, masks
