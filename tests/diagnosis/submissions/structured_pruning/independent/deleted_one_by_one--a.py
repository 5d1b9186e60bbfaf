"""Make a network narrower: prune_structured(model, ratio, norm)."""

import copy
import math
from decimal import Decimal
import numpy as np

from judge.nn import BatchNorm1d, BatchNorm2d


def spans(dead_channels, hw):
    return [c * hw + j for c in dead_channels for j in range(hw)]


def cut_rows(target, dead_channels):
    for c in dead_channels:
        target.weight = np.delete(target.weight, c, axis=0)
        if target.bias is not None:
            target.bias = np.delete(target.bias, c)


def drop_stats(bn, dead_channels, n):
    dead = spans(dead_channels, len(bn.weight) // n)
    for attribute in ("weight", "bias", "running_mean", "running_var"):
        setattr(bn, attribute, np.delete(getattr(bn, attribute), dead))


def strip_columns(reader, dead_channels, n):
    dead = spans(dead_channels, reader.weight.shape[1] // n)
    reader.weight = np.delete(reader.weight, dead, axis=1)


def prune_structured(model, ratio, norm=1):
    validate(ratio, norm)
    twin_net = copy.deepcopy(model)
    spots = [p for p, item in enumerate(model.layers) if type(item).__name__ in ("Linear", "Conv2d")]
    masks = {"%d.weight" % p: np.ones(model.layers[p].weight.shape[0], dtype=np.uint8) for p in spots}
    for here, there in zip(spots, spots[1:]):
        original = model.layers[here].weight
        n = original.shape[0]
        dead_channels = losers(importance(original, norm), number_to_cut(ratio, n))
        if len(dead_channels) == 0:
            continue
        masks["%d.weight" % here][dead_channels] = 0
        cut_rows(twin_net.layers[here], dead_channels)
        for between in twin_net.layers[here + 1 : there]:
            if isinstance(between, (BatchNorm1d, BatchNorm2d)):
                drop_stats(between, dead_channels, n)
        strip_columns(twin_net.layers[there], dead_channels, n)
    return twin_net, masks


def number_to_cut(ratio, n):
    return min(math.ceil(Decimal(repr(ratio)) * n), n - 1)


def importance(weight, norm):
    flat = np.abs(weight.astype(np.float64)).reshape(weight.shape[0], -1)
    if norm == 1:
        return flat.sum(axis=1)
    return np.sqrt((flat * flat).sum(axis=1))


def validate(ratio, norm):
    if not 0 <= ratio < 1:
        raise ValueError(f"ratio must lie in [0, 1), not {ratio}")
    if norm not in (1, 2):
        raise ValueError(f"norm must be 1 or 2, not {norm}")


def losers(scores, k):
    return np.sort(np.argpartition(np.asarray(scores), k)[:k])
