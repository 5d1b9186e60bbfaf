"""Cut weak filters out of a network, layer by layer."""

import copy
from fractions import Fraction
import numpy as np

import judge.nn as nn


def expand(live, prev_total, size):
    block = size // prev_total
    return (live[:, None] * block + np.arange(block)).ravel()


def rebuild_weighted(layer, rows, live, prev_total):
    weight = layer.weight
    if live is not None:
        weight = weight[:, expand(live, prev_total, weight.shape[1])]
    weight = weight[rows]
    bias = None if layer.bias is None else layer.bias[rows]
    if isinstance(layer, nn.Conv2d):
        return nn.Conv2d(weight, bias, stride=layer.stride, padding=layer.padding, groups=layer.groups)
    return nn.Linear(weight, bias)


def rebuild_norm(layer, live, prev_total):
    where = expand(live, prev_total, layer.weight.shape[0])
    return type(layer)(
        layer.weight[where],
        layer.bias[where],
        layer.running_mean[where],
        layer.running_var[where],
    )


def prune_structured(model, ratio, norm=1):
    if not (ratio >= 0.0 and ratio < 1.0):
        raise ValueError("ratio out of range")
    if norm not in {1, 2}:
        raise ValueError("only the L1 and L2 norms are known")
    old_layers = list(model.layers)
    spots = [i for i, layer in enumerate(old_layers) if isinstance(layer, (nn.Linear, nn.Conv2d))]

    # first pass: which rows stay
    plan = {}
    for spot in spots:
        weight = old_layers[spot].weight
        n = weight.shape[0]
        if spot == spots[-1]:
            plan[spot] = np.arange(n)
        else:
            plan[spot] = select_channels(importance(weight, norm), _k_for(ratio, n))

    # second pass: new layers
    fresh_layers = []
    live, prev_total = None, None
    for i, layer in enumerate(old_layers):
        if i in plan:
            fresh_layers.append(rebuild_weighted(layer, plan[i], live, prev_total))
            live, prev_total = plan[i], layer.weight.shape[0]
        elif isinstance(layer, (nn.BatchNorm1d, nn.BatchNorm2d)) and live is not None:
            fresh_layers.append(rebuild_norm(layer, live, prev_total))
        else:
            fresh_layers.append(copy.deepcopy(layer))

    masks = {}
    for spot in spots:
        bits = np.zeros(old_layers[spot].weight.shape[0], dtype=bool)
        bits[plan[spot]] = True
        masks[f"{spot}.weight"] = bits
    return nn.Sequential(fresh_layers), masks


def _k_for(ratio, n):
    top, bottom = Fraction(repr(ratio)).as_integer_ratio()
    whole, rest = divmod(top * n, bottom)
    if rest:
        whole += 1
    return whole if whole < n else n - 1


def importance(weight, norm):
    flat = np.abs(weight.astype(np.float64)).reshape(weight.shape[0], -1)
    if norm == 1:
        return flat.sum(axis=1)
    return np.sqrt((flat * flat).sum(axis=1))


def select_channels(scores, k):
    return np.sort(np.argsort(scores, kind="stable")[k:])
