"""Returns a slimmer copy of a network together with the masks of what stayed."""

import math
from decimal import Decimal

import numpy as np


def expand(left, length, before):
    per_channel = length // before
    found = []
    for c in left:
        found.extend(range(c * per_channel, c * per_channel + per_channel))
    return found


def prune_structured(model, ratio, norm=1):
    if ratio != ratio or ratio < 0.0 or ratio >= 1.0:
        raise ValueError("bad ratio: %r" % ratio)
    if norm not in {1, 2}:
        raise ValueError("bad norm: %r" % norm)
    clone = model.copy()
    everything = clone.layers
    positions = []
    for at_layer in range(len(everything)):
        if type(everything[at_layer]).__name__ in ("Linear", "Conv2d"):
            positions.append(at_layer)

    stay_lists, masks = [], {}
    for at_layer in positions:
        rows = everything[at_layer].weight.shape[0]
        k = 0 if at_layer == positions[-1] else channels_to_drop(ratio, rows)
        left = weakest_out(row_norms(everything[at_layer].weight, norm), k)
        stay_lists.append(left)
        inside = set(left)
        masks["%d.weight" % at_layer] = np.fromiter((c in inside for c in range(rows)), dtype=bool, count=rows)

    for turn in reversed(range(len(positions) - 1)):
        layer = everything[positions[turn]]
        left = stay_lists[turn]
        rows = layer.weight.shape[0]
        layer.weight = layer.weight[left]
        if layer.bias is not None:
            layer.bias = layer.bias[left]
        for j in range(positions[turn] + 1, positions[turn + 1]):
            between = everything[j]
            if hasattr(between, "running_var"):
                sel = expand(left, between.weight.shape[0], rows)
                for name in "weight bias running_mean running_var".split():
                    setattr(between, name, getattr(between, name)[sel])
        consumer = everything[positions[turn + 1]]
        consumer.weight = consumer.weight[:, expand(left, consumer.weight.shape[1], rows)]
    return clone, masks


def channels_to_drop(ratio, full):
    amount = round(Decimal(repr(ratio)) * full)
    if amount >= full:
        amount = full - 1
    return amount


def weakest_out(norms, k):
    by_norm = sorted(range(len(norms)), key=lambda u: norms[u])
    return sorted(by_norm[k:])


def row_norms(tensor, norm):
    size_of = sum if norm == 1 else lambda abs_vals: math.sqrt(sum(v**2 for v in abs_vals))
    return [size_of(filt.reshape(-1).tolist()) for filt in tensor]
