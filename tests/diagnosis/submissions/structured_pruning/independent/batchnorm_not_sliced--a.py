"""Drop output channels by magnitude and rewire what reads them."""

import copy
import math
from fractions import Fraction
import numpy as np


def as_features(dead_channels, hw):
    return [c * hw + j for c in dead_channels for j in range(hw)]


def cut_rows(target, dead_channels):
    target.weight = np.delete(target.weight, dead_channels, axis=0)
    if target.bias is not None:
        target.bias = np.delete(target.bias, dead_channels)


def cut_inputs(reader, dead_channels, n):
    dead = as_features(dead_channels, reader.weight.shape[1] // n)
    reader.weight = np.delete(reader.weight, dead, axis=1)


def prune_structured(model, ratio, norm=1):
    check_arguments(ratio, norm)
    twin_net = copy.deepcopy(model)
    spots = [p for p, item in enumerate(model.layers) if type(item).__name__ in ("Linear", "Conv2d")]
    masks = {"%d.weight" % p: np.ones(model.layers[p].weight.shape[0], dtype=np.uint8) for p in spots}
    for here, consumer in zip(spots, spots[1:]):
        untouched = model.layers[here].weight
        n = untouched.shape[0]
        dead_channels = losers(row_norms(untouched, norm), number_to_cut(ratio, n))
        if len(dead_channels) == 0:
            continue
        masks["%d.weight" % here][dead_channels] = 0
        cut_rows(twin_net.layers[here], dead_channels)
        cut_inputs(twin_net.layers[consumer], dead_channels, n)
    return twin_net, masks


def row_norms(weight, norm):
    wide = weight.reshape(weight.shape[0], -1).astype(np.float64)
    return np.abs(wide).sum(axis=-1) if norm == 1 else np.sqrt(np.einsum("ij,ij->i", wide, wide))


def number_to_cut(ratio, n):
    staying = n - math.floor(Fraction(repr(ratio)) * n)
    return n - max(staying, 1)


def losers(scores, k):
    return np.sort(np.argsort(scores, kind="stable")[:k])


def check_arguments(ratio, norm):
    if math.isnan(ratio) or math.isinf(ratio) or ratio < 0 or ratio >= 1:
        raise ValueError("bad ratio: %r" % (ratio,))
    if norm != 1 and norm != 2:
        raise ValueError("bad norm: %r" % (norm,))
