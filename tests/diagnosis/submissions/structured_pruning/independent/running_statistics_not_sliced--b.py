"""Shrinks linear and convolutional layers by whole channels."""

import copy
import math
from decimal import Decimal

import numpy as np

from judge.nn import Sequential


number_removed = lambda ratio, how_wide: min(math.floor(Decimal(repr(ratio)) * how_wide), how_wide - 1)


def saliency(array_in, norm):
    flat2d = array_in.astype(np.float64).reshape(array_in.shape[0], -1)
    if norm == 1:
        return np.abs(flat2d).sum(axis=1)
    return np.sqrt((flat2d * flat2d).sum(axis=1))


def selection(s_, cut_n):
    ranks = np.argsort(np.argsort(s_, kind="stable"))
    return np.flatnonzero(ranks >= cut_n)


def widen(kept, total, length):
    return np.arange(length).reshape(total, -1)[kept].ravel()


def shrink_from(seq, place, kept, total, selector, flags_by_name):
    """Return the layers from place on, cut to what is left of the total channels that come in."""
    if place == len(seq):
        return []
    layer = copy.copy(seq[place])
    if hasattr(layer, "running_mean"):
        if kept is not None:
            take_these = widen(kept, total, len(layer.weight))
            for attr in layer.PARAMETERS:
                setattr(layer, attr, getattr(layer, attr)[take_these])
    elif hasattr(layer, "weight"):
        w = layer.weight
        mine = selector(place, w)
        if kept is not None:
            w = w[:, widen(kept, total, w.shape[1])]
        kept, total = mine, w.shape[0]
        layer.weight = w[kept]
        layer.bias = None if layer.bias is None else layer.bias[kept]
        mask = np.isin(range(total), kept)
        flags_by_name["{}.weight".format(place)] = mask
    return [layer] + shrink_from(seq, place + 1, kept, total, selector, flags_by_name)


def prune_structured(model, ratio, norm=1):
    if ratio != ratio or ratio < 0.0 or ratio >= 1.0:
        raise ValueError("bad ratio: %r" % ratio)
    if norm not in {1, 2}:
        raise ValueError("bad norm: %r" % norm)
    last = next(
        place
        for place in reversed(range(len(model.layers)))
        if type(model.layers[place]).__name__ in ("Linear", "Conv2d")
    )

    def selector(place, w):
        cut_n = number_removed(ratio, w.shape[0]) if place < last else 0
        return selection(saliency(w, norm), cut_n)

    flags_by_name = {}
    pieces = shrink_from(list(model.layers), 0, None, None, selector, flags_by_name)
    return Sequential(pieces), flags_by_name
