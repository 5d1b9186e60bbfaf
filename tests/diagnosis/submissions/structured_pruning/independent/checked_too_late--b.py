"""Make a network narrower: prune_structured(model, ratio, norm)."""

import copy
import math
from decimal import Decimal
import numpy as np

from judge import nn


def spans(gone, hw):
    return [c * hw + j for c in gone for j in range(hw)]


def cut_rows(target, gone):
    target.weight = np.delete(target.weight, gone, axis=0)
    if target.bias is not None:
        target.bias = np.delete(target.bias, gone)


def cut_norm(bn, gone, n):
    dead = spans(gone, len(bn.weight) // n)
    for attribute in ("weight", "bias", "running_mean", "running_var"):
        setattr(bn, attribute, np.delete(getattr(bn, attribute), dead))


def cut_inputs(reader, gone, n):
    dead = spans(gone, reader.weight.shape[1] // n)
    reader.weight = np.delete(reader.weight, dead, axis=1)


def prune_structured(model, ratio, norm=1):
    net = copy.deepcopy(model)
    at = [p for p, item in enumerate(model.layers) if type(item).__name__ in ("Linear", "Conv2d")]
    masks = {"%d.weight" % p: np.ones(model.layers[p].weight.shape[0], dtype=np.uint8) for p in at}
    for producer, there in zip(at, at[1:]):
        w0 = model.layers[producer].weight
        n = w0.shape[0]
        if not 0.0 <= ratio < 1.0:
            raise ValueError(f"ratio={ratio}")
        if norm not in (1, 2):
            raise ValueError(f"norm={norm}")
        gone = doomed(filter_norms(w0, norm), quota(ratio, n))
        if len(gone) == 0:
            continue
        masks["%d.weight" % producer][gone] = 0
        cut_rows(net.layers[producer], gone)
        for between in net.layers[producer + 1 : there]:
            if isinstance(between, (nn.BatchNorm1d, nn.BatchNorm2d)):
                cut_norm(between, gone, n)
        cut_inputs(net.layers[there], gone, n)
    return net, masks


def doomed(scores, k):
    return np.sort(np.argsort(scores, kind="stable")[:k])


def filter_norms(weight, norm):
    axes = tuple(range(1, weight.ndim))
    precise = weight.astype("f8")
    if norm == 2:
        return np.sqrt(np.square(precise).sum(axis=axes))
    return np.absolute(precise).sum(axis=axes)


def quota(ratio, n):
    wanted = math.floor(Decimal(repr(ratio)) * Decimal(n))
    if wanted >= n:
        wanted = n - 1
    return wanted
